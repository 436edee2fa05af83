import { z } from "zod";
import { bytesOfBase64 } from "../message/bytes.ts";
import type { Header, TypedValue } from "../message/header.ts";
import { DEATH_REASONS, type Target } from "../message/normal-form.ts";
import type { Captured } from "./decoder.ts";

/** A field as RabbitMQ tags it; a table is a list of [name, field]. */
type Field = { t: string; v?: unknown };
const field = z.object({ t: z.string(), v: z.unknown().optional() });
const INTEGER_TAGS = { l: "int64", I: "int32" } as const;

function typed({ t, v }: Field): TypedValue {
  switch (t) {
    case "S":
      return { t: "text", v: z.string().parse(v) };
    case "l":
    case "I":
      return { t: INTEGER_TAGS[t], v: String(z.int().parse(v)) };
    case "T":
      return { t: "timestamp", v: String(z.int().parse(v)) };
    case "t":
      return { t: "bool", v: z.boolean().parse(v) };
    case "A":
      return { t: "array", v: z.array(field).parse(v).map(typed) };
    case "F":
      return {
        t: "table",
        v: z
          .array(z.tuple([z.string(), field]))
          .parse(v)
          .map(([name, inner]) => ({ name, value: typed(inner) })),
      };
    case "V":
      return { t: "void" };
    default:
      throw new Error(`fixture with a field tag we do not know: ${t}`);
  }
}

const amqpMessage = z.object({
  queue: z.string(),
  exchange: z.string(),
  routingKey: z.string(),
  redelivered: z.boolean(),
  properties: z.object({
    contentType: z.exactOptional(z.string()),
    contentEncoding: z.exactOptional(z.string()),
    deliveryMode: z.exactOptional(z.number()),
    priority: z.exactOptional(z.number()),
    correlationId: z.exactOptional(z.string()),
    messageId: z.exactOptional(z.string()),
    timestamp: z.exactOptional(z.number().transform(String)),
    type: z.exactOptional(z.string()),
    appId: z.exactOptional(z.string()),
  }),
  headers: z.array(field.extend({ name: z.string() })),
  bodyBase64: z.string(),
});

const pgbossMessage = z.object({
  row: z.object({
    id: z.string(),
    name: z.string(),
    data: z.unknown(),
    priority: z.number(),
    retry_count: z.number(),
    retry_limit: z.number(),
    output: z.unknown(),
    created_on: z.string(),
    source_name: z.string().nullable(),
    source_id: z.string().nullable(),
    source_created_on: z.string().nullable(),
    source_retry_count: z.number().nullable(),
  }),
});

const names = z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]));
const error = z.object({ type: z.string(), message: z.string(), stack: z.string() }).nullable();

/** What every sample tells of its death, on whichever broker. */
export const toldOfDeath = {
  originalMessageId: z.string().nullable(),
  deathReason: z.enum(DEATH_REASONS),
  deathReasonRaw: z.string().nullable(),
  attempts: z.number().nullable(),
  firstFailedAt: z.string().nullable(),
  lastFailedAt: z.string().nullable(),
};

const fixture = z.object({
  message: z.union([amqpMessage, pgbossMessage]),
  expected: z.object({
    ...toldOfDeath,
    originDestination: names,
    error,
    consumer: names.nullable(),
    key: z.null(),
    originalTimestamp: z.exactOptional(z.string()),
    redriveCount: z.exactOptional(z.number()),
    lastDeath: z.exactOptional(z.object({ queue: z.string(), reason: z.string() })),
  }),
  resend: z.object({
    to: z.record(z.string(), z.string()),
    alternativeTo: z.exactOptional(z.record(z.string(), z.string())),
    strip: z.array(z.string()),
  }),
});

function amqpCaptured(message: z.infer<typeof amqpMessage>): Captured {
  const { queue, exchange, routingKey, redelivered, properties } = message;
  const body = bytesOfBase64(message.bodyBase64);
  if (body === null) throw new Error("fixture with a body that is no base64");
  const headers: Header[] = message.headers.map(({ name, ...value }) => ({ name, value: typed(value) }));
  return { headers, body, native: { transport: "amqp-0.9.1", queue, exchange, routingKey, redelivered, properties } };
}

const pgbossCaptured = ({ row }: z.infer<typeof pgbossMessage>): Captured => ({
  headers: [],
  body: new TextEncoder().encode(JSON.stringify(row.data)),
  native: {
    transport: "pgboss",
    queue: row.name,
    jobId: row.id,
    priority: row.priority,
    singletonKey: null,
    groupId: null,
    retryCount: row.retry_count,
    retryLimit: row.retry_limit,
    createdOn: row.created_on,
    sourceName: row.source_name,
    sourceId: row.source_id,
    sourceCreatedOn: row.source_created_on,
    sourceRetryCount: row.source_retry_count,
    output: row.output === null ? null : JSON.stringify(row.output),
  },
});

const withoutNulls = (record: z.infer<typeof names>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));

/** The samples name every framework as a kind; ours are the brokers. */
function kindOf(kind: unknown): "rabbitmq" | "pgboss" {
  return kind === "pg-boss" ? "pgboss" : "rabbitmq";
}

function targetOf(place: Readonly<Record<string, string>>, kind: "rabbitmq" | "pgboss"): Target | null {
  if (kind === "pgboss") return { kind, queue: place["queue"] ?? "" };
  const routingKey = place["routingKey"] ?? place["queue"];
  return routingKey === undefined ? null : { kind, exchange: place["exchange"] ?? "", routingKey };
}

/** A strip entry is a name, a name with `*` at its end, or either with a remark in brackets. */
function covers(entry: string, name: string): boolean {
  const pattern = entry.replace(/ \(.*\)$/, "");
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/**
 * A sample as we see it: the captured message, the fields its normal form must equal, the header names its resend
 * must leave out, and the targets the plan must offer. Throws on a fixture it cannot read.
 */
export function sample(json: unknown) {
  const { message, expected, resend } = fixture.parse(json);
  const { originDestination, deathReason, deathReasonRaw, consumer, lastDeath, ...same } = expected;
  const kind = kindOf(originDestination["kind"]);
  const captured = "row" in message ? pgbossCaptured(message) : amqpCaptured(message);
  return {
    captured,
    expected: {
      ...same,
      origin: { ...withoutNulls(originDestination), kind },
      reason: deathReason,
      reasonRaw: deathReasonRaw,
      consumer: withoutNulls(consumer ?? {}),
      lastHop: lastDeath ?? null,
    },
    strip: captured.headers.map(({ name }) => name).filter((name) => resend.strip.some((entry) => covers(entry, name))),
    targets: [resend.to, resend.alternativeTo].flatMap((place) => (place === undefined ? [] : [targetOf(place, kind)])),
  };
}
