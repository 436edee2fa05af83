import type { Place } from "#core/message/normal-form.ts";
import { visibleText } from "../kit/visible-text.ts";

/** A target in the broker's own words, short: the name of the place, or exchange and routing key. */
export function targetText(target: Place): string {
  switch (target.kind) {
    case "route":
      return visibleText(target.route);
    case "pgboss":
      return visibleText(target.queue);
    case "kafka":
      return target.partition === null ? visibleText(target.topic) : `${visibleText(target.topic)}[${target.partition}]`;
    case "rocketmq":
    case "pulsar":
      return visibleText(target.topic);
    case "redis-list":
    case "redis-stream":
      return visibleText(target.key);
    case "nats":
      return visibleText(target.subject);
    case "rabbitmq":
      // the default exchange routes to the queue of that name
      if (target.exchange === "") return visibleText(target.routingKey);
      return target.routingKey === "" ? visibleText(target.exchange) : `${visibleText(target.exchange)} → ${visibleText(target.routingKey)}`;
  }
}
