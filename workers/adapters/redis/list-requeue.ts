import type { redisList } from "#core/brokers/redis-list.ts";
import { spanAt } from "#core/json/pointer.ts";
import { stringOf } from "#core/json/read.ts";
import { STAMPS } from "#core/lineage.ts";
import { utf8Of } from "#core/message/bytes.ts";
import { withStamps } from "#core/message/list-envelope.ts";
import type { RedisListNative } from "#core/message/native.ts";
import type { Outgoing } from "#core/message/raw.ts";
import type { z } from "zod";
import { BULLMQ, DRAMATIQ, RQ, SIDEKIQ } from "./list-requeue-scripts.ts";
import type { Lua } from "./lua.ts";

export type ListTarget = z.infer<(typeof redisList)["target"]>;

/** One message's way into Redis; a sentence says why there is none. */
type Order = { readonly element: Buffer } | { readonly script: Lua; readonly keys: readonly string[]; readonly args: readonly (string | number | Buffer)[] } | string;

/** How a message goes to a key: pushed, or as the job library that its kind of element belongs to requeues. Now is in ms since 1970. */
export function orderOf(message: Outgoing, { key }: ListTarget, nowMs: number): Order {
  const { native, headers } = message;
  if (native.transport !== "redis-list") return { element: Buffer.from(message.body) };
  const body = Buffer.from(withStamps(native, message.body, headers));
  switch (native.envelope) {
    case "plain":
    case "celery":
      return { element: body };
    case "sidekiq":
      return toSidekiq(key, body) ?? { element: body };
    case "dramatiq":
      return toDramatiq(key, body);
    case "rq":
      return toRq(native, message, key, nowMs);
    case "bullmq":
      return toBullmq(native, message, key);
  }
}

/** A key that is one of Sidekiq's queues; another key is just a list. */
function toSidekiq(key: string, body: Buffer): Order | null {
  const [, prefix = "", name] = /^(.*:)?queue:(.+)$/.exec(key) ?? [];
  return name === undefined ? null : { script: SIDEKIQ, keys: [`${prefix}queues`, key], args: [name, body] };
}

function toDramatiq(key: string, body: Buffer): Order {
  const json = utf8Of(body) ?? "";
  const id = stringOf(json, spanAt(json, "/options/redis_message_id"));
  if (id === null) return "the message has no options.redis_message_id, under which Dramatiq acknowledges it";
  return key.endsWith(".XQ") || key.endsWith(".msgs") ? `${key} is no queue that Dramatiq's workers read` : { script: DRAMATIQ, keys: [key, `${key}.msgs`], args: [id, body] };
}

type Field = readonly [name: string, value: Buffer];

/** The job's hash as it was, with the body, without what tells of its failure, and with the stamp. */
function hashOf(native: RedisListNative, { headers, body }: Outgoing, left: readonly string[]): Field[] {
  const stamps = Object.values<string>(STAMPS);
  const kept = native.fields.filter(({ name }) => !left.includes(name) && !stamps.includes(name) && !name.includes("/"));
  return [
    ["data", Buffer.from(body)],
    ...kept.map(({ name, value }): Field => [name, Buffer.from(value, "base64")]),
    ...headers.flatMap(({ name, value }): Field[] => (stamps.includes(name) && value.t === "text" ? [[name, Buffer.from(value.v)]] : [])),
  ];
}

const GONE = "only the job's id was left when it was captured: there is nothing to requeue";

function toRq(native: RedisListNative, message: Outgoing, key: string, nowMs: number): Order {
  const [, prefix, queue] = /^((?:.+:)?rq:)queue:(.+)$/.exec(key) ?? [];
  if (prefix === undefined || queue === undefined) return "a job of RQ goes to one of its queues, a key rq:queue:<name>";
  if (native.gone || native.id === null) return GONE;
  const set: Readonly<Record<string, string>> = { status: "queued", origin: queue, enqueued_at: `${new Date(nowMs).toISOString().slice(0, -1)}000Z`, started_at: "", ended_at: "" };
  const fields = [...hashOf(native, message, [...Object.keys(set), "exc_info"]), ...Object.entries(set).map(([name, value]): Field => [name, Buffer.from(value)])];
  const ttl = Number(fields.find(([name]) => name === "ttl")?.[1].toString() ?? "");
  return { script: RQ, keys: [`${prefix}job:${native.id}`, key, `${prefix}queues`], args: [native.id, Number.isSafeInteger(ttl) && ttl > 0 ? ttl : 0, ...fields.flat()] };
}

/** What BullMQ's retry takes out of a job, attempts counted included: it begins anew. */
const BULLMQ_LEFT = ["finishedOn", "processedOn", "failedReason", "stacktrace", "atm", "ats", "stc", "attemptsMade", "returnvalue", "pb"];

function toBullmq(native: RedisListNative, message: Outgoing, key: string): Order {
  const [, prefix] = /^(.+:)wait$/.exec(key) ?? [];
  if (prefix === undefined) return "a job of BullMQ goes to its queue's list of waiting jobs, a key <prefix>:<queue>:wait";
  if (native.gone || native.id === null) return GONE;
  const json = utf8Of(Buffer.from(native.fields.find(({ name }) => name === "opts")?.value ?? "", "base64")) ?? "";
  const lifo = spanAt(json, "/lifo");
  const side = lifo !== null && json.slice(lifo.start, lifo.end) === "true" ? "R" : "L";
  const keys = ["wait", "paused", "active", "meta", "marker", "events", "prioritized", "pc"].map((name) => prefix + name);
  return { script: BULLMQ, keys: [prefix + native.id, ...keys], args: [native.id, side, ...hashOf(native, message, BULLMQ_LEFT).flat()] };
}
