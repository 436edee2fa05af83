import { Redis } from "ioredis";
import { judge } from "./failures.ts";
import { makeOrder, type Goods } from "./goods.ts";
import { inBackground, pause, produce, type TrafficOptions } from "./pace.ts";

/** A stream without a dead-letter queue: what its group fails on stays pending. */
const ORDERS = "demo:orders";
const ORDERS_GROUP = "fulfilment";
const CONSUMER = "worker-1";
const RETRY_IDLE_MS = 1_000;
const MAX_DELIVERIES = 3;
const MAX_ENTRIES = 20_000;

/**
 * A producer and a consumer group of orders in a Redis stream. What fails is asked for again, and after three deliveries
 * no more. Begins in the
 * background, survives a server that is away, and never throws. Resolves to what stops it.
 */
export const start = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample traffic on Redis", given, trade);

async function trade({ url, rate, signal, log }: TrafficOptions): Promise<void> {
  const gone = new AbortController();
  const live = AbortSignal.any([signal, gone.signal]);
  const open = (): Redis => {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, connectionName: "redrive-demo" });
    redis.on("error", () => undefined).on("end", () => gone.abort());
    return redis;
  };
  const [producer, orders] = [open(), open()];
  try {
    await Promise.all([producer.connect(), orders.connect()]);
    await producer.xgroup("CREATE", ORDERS, ORDERS_GROUP, "0", "MKSTREAM").catch(() => undefined);
    log(`sample traffic on Redis: ${rate} messages/s on the stream ${ORDERS}`);
    const consuming = until(live, () => fulfil(orders, live));
    // whichever of the two fails first ends both
    consuming.catch(() => gone.abort());
    await produce(rate, live, async () => {
      await producer.xadd(ORDERS, "MAXLEN", "~", MAX_ENTRIES, "*", "type", "order.placed", "tenant", "berlin", "payload", JSON.stringify(makeOrder()));
    });
    await consuming;
    if (!signal.aborted) throw new Error("the connection was lost");
  } finally {
    for (const redis of [producer, orders]) redis.disconnect();
  }
}

async function until(live: AbortSignal, step: () => Promise<void>): Promise<void> {
  while (!live.aborted) await step();
}

type Entry = [id: string, fields: string[]];

/** New orders first, then those that failed and have waited; after three deliveries nobody asks for them again. */
async function fulfil(redis: Redis, live: AbortSignal): Promise<void> {
  const read = (await redis.xreadgroup("GROUP", ORDERS_GROUP, CONSUMER, "COUNT", 50, "STREAMS", ORDERS, ">")) as [string, Entry[]][] | null;
  const fresh = read?.[0]?.[1] ?? [];
  for (const entry of fresh) await settle(redis, entry, 1);
  const waiting = (await redis.xpending(ORDERS, ORDERS_GROUP, "IDLE", RETRY_IDLE_MS, "-", "+", 50)) as [string, string, number, number][];
  for (const [id, , , deliveries] of waiting) {
    if (deliveries >= MAX_DELIVERIES) continue;
    const [entry] = (await redis.xclaim(ORDERS, ORDERS_GROUP, CONSUMER, RETRY_IDLE_MS, id)) as (Entry | null)[];
    if (entry) await settle(redis, entry, deliveries + 1);
  }
  if (fresh.length === 0) await pause(250, live);
}

async function settle(redis: Redis, [id, fields]: Entry, delivery: number): Promise<void> {
  const field = (name: string): string | undefined => fields[fields.findIndex((each, at) => at % 2 === 0 && each === name) + 1];
  const resent = field("redrive-id") !== undefined;
  const failed = verdict("inventory", field("payload") ?? "", `${id}/${delivery > 1 ? "again" : ""}`, resent);
  if (failed === null) await redis.xack(ORDERS, ORDERS_GROUP, id);
}

function verdict(service: string, body: string, seed: string, resent: boolean): ReturnType<typeof judge> {
  try {
    return judge(service, { seed, resent, data: JSON.parse(body) as Goods, now: new Date() });
  } catch {
    return { name: "SyntaxError", message: "the body is not JSON", retryable: false, frames: ["parse (/srv/shop/src/messaging/json.ts:22:13)"], facts: {} };
  }
}
