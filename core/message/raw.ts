import type { Header } from "./header.ts";

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

/** What a broker said about a message besides headers and body; enough to build the message again. */
export type Native =
  | {
      readonly transport: "amqp-0.9.1";
      /** The queue it was captured from. */
      readonly queue: string;
      readonly exchange: string;
      readonly routingKey: string;
      readonly redelivered: boolean;
      readonly properties: AmqpProperties;
      /** Of a stream: the offset, decimal text. */
      readonly streamOffset?: string;
    }
  | {
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

export type Transport = Native["transport"];

/**
 * How one death is told from another.
 * - `exact`: the broker gives an id that survives redelivery and is never used twice (a job id, an offset).
 * - `content`: it does not. `redelivered` is the broker's flag; when false the death is surely new. When true it
 *   is the same as a stored death with the same hash whose batch was never accepted, if there is one.
 */
export type DeathIdentity =
  | { readonly kind: "exact"; readonly id: string }
  | { readonly kind: "content"; readonly hash: string; readonly redelivered: boolean };

/** One dead message as an adapter hands it over: bytes and facts as they came. */
export type RawDeath = {
  readonly identity: DeathIdentity;
  readonly body: Uint8Array;
  readonly headers: readonly Header[];
  readonly native: Native;
};

/** What is published: `native` is where it came from, so that properties are kept. */
export type Outgoing = {
  /** Unique per attempt, UUID. Adapters use it as the broker's own id where there is nowhere else to stamp. */
  readonly attemptId: string;
  readonly body: Uint8Array;
  /** Already stripped and stamped. */
  readonly headers: readonly Header[];
  readonly native: Native;
};
