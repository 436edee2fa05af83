import type { Target } from "#core/message/normal-form.ts";
import type { Destination } from "#core/operation.ts";

/** What is typed for a destination: the fields of another target are kept while the choice changes. */
export type DestinationForm = {
  readonly to: Destination["to"];
  readonly kind: Target["kind"];
  readonly exchange: string;
  readonly routingKey: string;
  readonly queue: string;
};

export const FAILED_QUEUE: DestinationForm = { to: "failed_queue", kind: "rabbitmq", exchange: "", routingKey: "", queue: "" };

/** The target that was typed, or null while it names no place. */
export function targetOf({ kind, exchange, routingKey, queue }: DestinationForm): Target | null {
  if (kind === "pgboss") return queue === "" ? null : { kind, queue };
  return exchange === "" && routingKey === "" ? null : { kind, exchange, routingKey };
}

/** The destination of an order, or null while it is not complete. */
export function destinationOf(form: DestinationForm): Destination | null {
  if (form.to !== "target") return { to: form.to };
  const target = targetOf(form);
  return target === null ? null : { to: "target", target };
}
