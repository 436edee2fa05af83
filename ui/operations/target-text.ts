import type { Target } from "#core/message/normal-form.ts";
import { visibleText } from "../kit/visible-text.ts";

/** A target in the broker's own words, short: the queue's name, or exchange and routing key. */
export function targetText(target: Target): string {
  if (target.kind === "pgboss") return visibleText(target.queue);
  // the default exchange routes to the queue of that name
  if (target.exchange === "") return visibleText(target.routingKey);
  return target.routingKey === "" ? visibleText(target.exchange) : `${visibleText(target.exchange)} → ${visibleText(target.routingKey)}`;
}
