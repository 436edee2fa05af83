import type { Header } from "./header.ts";
import { headerText } from "./header.ts";
import type { Native } from "./native.ts";

const CONTENT_TYPE = new Set(["content-type", "contenttype", "content_type"]);

/** The content type a producer declared: a property in RabbitMQ, a header elsewhere; null when it declared none. */
export function contentTypeOf(native: Native, headers: readonly Header[]): string | null {
  if (native.transport === "amqp-0.9.1") return native.properties.contentType ?? null;
  if (native.transport === "pgboss") return "application/json";
  const header = headers.find(({ name }) => CONTENT_TYPE.has(name.toLowerCase()));
  return header === undefined ? null : headerText([header], header.name);
}

/** What of the broker's own facts an operator may look for, besides headers: ids and names. */
export function nativeWords(native: Native): readonly (string | null | undefined)[] {
  switch (native.transport) {
    case "amqp-0.9.1":
      return [native.routingKey, native.properties.type, native.properties.appId];
    case "pgboss":
      return [native.jobId];
    case "kafka":
      return [`${native.queue}-${native.partition}@${native.offset}`];
    case "redis-list":
      return [native.id];
    case "redis-stream":
      return [native.entryId, native.pending?.group, native.pending?.consumer];
    case "nats":
      return [native.subject, native.stream, native.advisory?.consumer, native.advisory?.reason];
    case "rocketmq":
      return [native.offsetMessageId];
    case "pulsar":
      return [native.key, native.producerName];
  }
}
