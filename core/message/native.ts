/** The AMQP 0-9-1 basic properties other than headers. Times are seconds as text, octets are numbers. */
export type AmqpProperties = {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly deliveryMode?: number;
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly expiration?: string;
  readonly messageId?: string;
  readonly timestamp?: string;
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
  readonly clusterId?: string;
  /** Base64 of those text properties that are not UTF-8; the text above then only shows them. */
  readonly notText?: Readonly<Partial<Record<AmqpTextProperty, string>>>;
};

export type AmqpTextProperty =
  | "contentType"
  | "contentEncoding"
  | "correlationId"
  | "replyTo"
  | "expiration"
  | "messageId"
  | "type"
  | "userId"
  | "appId"
  | "clusterId";

/** A message of RabbitMQ. */
type AmqpNative = {
  readonly transport: "amqp-0.9.1";
  /** The queue it was captured from. */
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  readonly properties: AmqpProperties;
  /** Of a stream: the offset, decimal text. */
  readonly streamOffset?: string;
};

/** A job of pg-boss. */
type PgBossNative = {
  readonly transport: "pgboss";
  /** The dead-letter queue it was captured from. */
  readonly queue: string;
  readonly jobId: string;
  readonly priority: number;
  readonly singletonKey: string | null;
  readonly groupId: string | null;
  readonly retryCount: number;
  readonly retryLimit: number;
  /** ISO UTC. */
  readonly createdOn: string;
  readonly sourceName: string | null;
  readonly sourceId: string | null;
  /** ISO UTC. */
  readonly sourceCreatedOn: string | null;
  readonly sourceRetryCount: number | null;
  /** JSON text of what the worker rejected with, or null. */
  readonly output: string | null;
  /** What else a resend keeps, where the installed version has it. */
  readonly groupTier?: string | null;
  /** The first job of the chain of deaths, which pg-boss looks a lineage up by. */
  readonly sourceRootId?: string | null;
  /** JSON text of the trace the job belongs to. */
  readonly traceContext?: string | null;
};

/** A record of Kafka. Its header values are `text` where they are UTF-8, else `bytes`; null is `void`. */
export type KafkaNative = {
  readonly transport: "kafka";
  /** The dead-letter topic it was captured from. */
  readonly queue: string;
  readonly partition: number;
  /** Decimal text. */
  readonly offset: string;
  /** ms since 1970 as text; "-1" where the record has none. */
  readonly timestamp: string;
  /** Base64; null when the record has no key. */
  readonly key: string | null;
  /** The value was null, not empty. */
  readonly tombstone: boolean;
  /**
   * A share group's letter is a pointer without content (KIP-1191). When the record it points to was found, body, key
   * and the headers after the pointer's own are that record's.
   */
  readonly pointer?: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
    readonly record: "found" | "gone" | "unreadable";
  };
};

/** An element of a Redis list, or of a sorted set that a job library keeps its dead in. It has no headers. */
export type RedisListNative = {
  readonly transport: "redis-list";
  /** The key it was captured from. */
  readonly queue: string;
  /** Which library's structure it is: an envelope of core/brokers/redis-list.ts. */
  readonly envelope: "plain" | "celery" | "sidekiq" | "dramatiq" | "rq" | "bullmq";
  /** The element's own id, where the structure has one beside the body. */
  readonly id: string | null;
  /** The score in a sorted set, as Redis writes it. */
  readonly score: string | null;
  /** Fields of the job's hash beside the body, in order; values are base64. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Of a plain list: where its JSON elements keep what Redrive shows, as the source says. */
  readonly pointers?: ListPointers;
  /** Base64 of the whole element, where the body is only its payload. */
  readonly wrapper?: string;
  /** Only the id was left: the job's hash was gone when it was captured. */
  readonly gone?: true;
};

/** JSON pointers into the elements of a plain list. */
type ListPointers = {
  readonly [K in "id" | "payload" | "headers" | "queue" | "error" | "errorType" | "stack" | "failedAt" | "attempts"]?: string | undefined;
};

/** An entry of a Redis stream: one of its fields is the body, the others are headers in their order. */
export type RedisStreamNative = {
  readonly transport: "redis-stream";
  /** The stream's key. */
  readonly queue: string;
  readonly entryId: string;
  /** The field that is the body and its place among all fields; null when all are headers. */
  readonly body: { readonly field: string; readonly at: number } | null;
  /** Of an entry stuck in a group: the group, who held it, how long (ms) and how often it was delivered (decimal text). */
  readonly pending: {
    readonly group: string;
    readonly consumer: string;
    readonly idleMs: number;
    readonly deliveries: string;
  } | null;
  /** The entry was trimmed or deleted before it was captured: only its id is left. */
  readonly gone?: true;
  /** Base64 of those field names that are not UTF-8, by the text that shows them. */
  readonly rawNames?: Readonly<Record<string, string>>;
};

/** A message of a JetStream stream, or the advisory of one that its consumer gave up. Header names keep their case. */
export type NatsNative = {
  readonly transport: "nats";
  /** The stream it was captured from; of an advisory, the stream in which advisories are kept. */
  readonly queue: string;
  /** The stream, subject and sequence (decimal text) of the message itself; null subject when it is gone. */
  readonly stream: string;
  readonly subject: string | null;
  readonly sequence: string;
  /** When the stream stored it, ISO UTC; null when it is gone. */
  readonly time: string | null;
  readonly advisory: {
    readonly kind: "max_deliver" | "terminated";
    /** Sequence of the advisory in the stream that keeps it. */
    readonly sequence: string;
    readonly id: string;
    /** As the server wrote it, RFC 3339 with nanoseconds. */
    readonly timestamp: string;
    readonly consumer: string;
    readonly deliveries: number;
    readonly reason: string | null;
    readonly domain: string | null;
    /**
     * Whether the message could still be read when the advisory was captured; `unreadable`: it lies in another JetStream
     * domain, where nobody answers.
     */
    readonly message: "found" | "gone" | "unreadable";
  } | null;
};

/** A message that was heard on a subject of core NATS: no stream keeps it. */
export type NatsHeardNative = {
  readonly transport: "nats";
  /** The subject that was listened to, maybe with wildcards; and the message's own. */
  readonly queue: string;
  readonly subject: string;
  readonly stream: null;
  readonly sequence: null;
  readonly time: null;
  readonly advisory: null;
  /** When Redrive heard it, ISO UTC. */
  readonly heardAt: string;
  /** Where its sender waits for an answer, which Redrive does not give; null when it does not. */
  readonly reply: string | null;
};

/** A message of RocketMQ. Its properties, the system's included, are the headers, all text. */
type RocketMqNative = {
  readonly transport: "rocketmq";
  /** The topic it was captured from: `%DLQ%<group>`. */
  readonly queue: string;
  readonly broker: string;
  readonly queueId: number;
  /** Decimal text. */
  readonly queueOffset: string;
  /** The id by which the broker finds it (address and commit log offset, hex). */
  readonly offsetMessageId: string;
  /** ms since 1970 as text. */
  readonly bornTimestamp: string;
  readonly storeTimestamp: string;
  readonly reconsumeTimes: number;
  readonly sysFlag: number;
  readonly flag: number;
};

/** A message of Pulsar. Its properties are the headers, all text. */
export type PulsarNative = {
  readonly transport: "pulsar";
  /** The topic it was captured from, full name. */
  readonly queue: string;
  /** Base64 of the serialized MessageIdData. */
  readonly messageId: string;
  /** As the broker wrote it. */
  readonly publishTime: string;
  readonly eventTime: string | null;
  readonly key: string | null;
  readonly producerName: string | null;
  readonly redeliveryCount: number;
  /** The body is what the producer encrypted: whoever holds no key of its consumers can not send it again. */
  readonly encrypted?: true;
};

/** What a broker said about a message besides headers and body; enough to build the message again. */
export type Native =
  | AmqpNative
  | PgBossNative
  | KafkaNative
  | RedisListNative
  | RedisStreamNative
  | NatsNative
  | NatsHeardNative
  | RocketMqNative
  | PulsarNative;

export type Transport = Native["transport"];
