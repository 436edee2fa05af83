import { spanAt } from "../json/pointer.ts";
import { stringOf } from "../json/read.ts";
import { utf8Of } from "../message/bytes.ts";
import { headerText, type Header } from "../message/header.ts";
import { headerNamed, headerWords } from "../message/header-words.ts";
import type { DeathIdentity, Native } from "../message/raw.ts";
import type { GuardKey, RouteDefinition } from "./definition.ts";

/** A message as it was read. */
export type KeyedMessage = {
  readonly identity: DeathIdentity;
  readonly body: Uint8Array;
  readonly headers: readonly Header[];
  readonly native: Native;
};

/** SHA-256 in base64url or hex: core does no hashing itself. */
export type Hash = (content: Uint8Array | string) => string;

const LONGEST = 200;
const HASHED = "sha256:";

/**
 * The key by which a guard tells duplicates, or null where the message has none; an empty one counts as none, since otherwise all
 * messages without an id would be duplicates of the first. Two messages have one key only if what the rule names is equal to
 * the last digit. Keys that are long or no plain text are hashed.
 */
export function guardKeyOf(by: GuardKey, message: KeyedMessage, hash: Hash): string | null {
  switch (by.by) {
    case "header":
      return keyOf(headerKey(message, by.name), hash);
    case "pointer":
      return keyOf(pointerKey(message, by.pointer), hash);
    case "broker_id":
      return keyOf(brokerId(message), hash);
    case "body_hash":
      return message.body.length === 0 ? null : HASHED + hash(message.body);
  }
}

/** The key whose messages go one after the other, or null: such a message waits for none. A queue without partitions is one. */
export function orderKeyOf(by: NonNullable<RouteDefinition["ordered"]>, message: KeyedMessage, hash: Hash): string | null {
  switch (by.by) {
    case "header":
      return keyOf(headerKey(message, by.name), hash);
    case "pointer":
      return keyOf(pointerKey(message, by.pointer), hash);
    case "key":
      return keyOf(brokerKey(message), hash);
    case "partition":
      return keyOf(partitionOf(message.native), hash);
  }
}

function keyOf(text: string | null, hash: Hash): string | null {
  if (text === null || text === "") return null;
  // what Postgres cannot hold, and what could be taken for a hash
  const plain = text.length <= LONGEST && text.isWellFormed() && !text.includes("\0") && !text.startsWith(HASHED);
  // as JSON, which tells lone surrogates apart
  return plain ? text : HASHED + hash(JSON.stringify(text));
}

function headerKey({ headers }: KeyedMessage, name: string): string | null {
  const value = headerNamed(headers, name);
  return value === null ? null : headerWords(value);
}

/** A string's characters, else the value as it was written: a number keeps its digits, an object its spaces. */
function pointerKey({ body }: KeyedMessage, pointer: string): string | null {
  const text = utf8Of(body)?.replace(/^\uFEFF/, "") ?? null;
  const span = text === null ? null : spanAt(text, pointer);
  if (text === null || span === null) return null;
  const source = text.slice(span.start, span.end);
  return source === "null" ? null : (stringOf(text, span) ?? source);
}

/** RabbitMQ gives messages no id of its own; a producer's `message-id` is what there is. */
function brokerId({ identity, native }: KeyedMessage): string | null {
  const named = native.transport === "amqp-0.9.1" ? native.properties.messageId : undefined;
  return named ?? (identity.kind === "exact" ? identity.id : null);
}

/** What each broker calls the key of a message. */
function brokerKey({ native, headers }: KeyedMessage): string | null {
  switch (native.transport) {
    case "kafka":
    case "pulsar":
      return native.key;
    case "amqp-0.9.1":
      return native.routingKey;
    case "nats":
      return native.subject;
    case "pgboss":
      return native.groupId ?? native.singletonKey;
    case "rocketmq":
      return headerText(headers, "__SHARDINGKEY");
    case "redis-list":
    case "redis-stream":
      return null;
  }
}

function partitionOf(native: Native): string {
  if (native.transport === "kafka") return `${native.queue}/${native.partition}`;
  if (native.transport === "rocketmq") return `${native.queue}/${native.broker}/${native.queueId}`;
  return native.queue;
}
