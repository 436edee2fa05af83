import { Redis } from "ioredis";
import { errorOf, judge, type DemoFailure } from "./failures.ts";
import { makeEmail, type Goods } from "./goods.ts";
import { inBackground, pause, produce, type TrafficOptions } from "./pace.ts";

const MAILS = "demo:mails";
const DEAD = "demo:mails:dead";
const MAX_WAITING = 20_000;
const MAX_ATTEMPTS = 2;

/**
 * A producer and a consumer of mails in a Redis list, as people write them by hand: what fails twice is pushed to a list of the
 * dead with its error. Begins in the background, survives a server that is away, and never throws. Resolves to what stops it.
 */
export const start = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample traffic on Redis lists", given, trade);

async function trade({ url, rate, signal, log }: TrafficOptions): Promise<void> {
  const gone = new AbortController();
  const live = AbortSignal.any([signal, gone.signal]);
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, connectionName: "redrive-demo" });
  redis.on("error", () => undefined).on("end", () => gone.abort());
  try {
    await redis.connect();
    log(`sample traffic on Redis: ${rate} messages/s on the list ${MAILS}`);
    const consuming = deliverAll(redis, live);
    // whichever of the two fails first ends both
    consuming.catch(() => gone.abort());
    await produce(rate, live, async () => {
      await redis.lpush(MAILS, JSON.stringify(makeEmail()));
      await redis.ltrim(MAILS, 0, MAX_WAITING);
    });
    await consuming;
    if (!signal.aborted) throw new Error("the connection was lost");
  } finally {
    redis.disconnect();
  }
}

async function deliverAll(redis: Redis, live: AbortSignal): Promise<void> {
  while (!live.aborted) {
    const body = await redis.rpop(MAILS);
    if (body === null) {
      await pause(100, live);
      continue;
    }
    const failed = deliver(body, 1) === null ? null : deliver(body, MAX_ATTEMPTS);
    if (failed !== null) await redis.lpush(DEAD, obituary(body, failed));
  }
}

function deliver(body: string, attempt: number): DemoFailure | null {
  try {
    const data = JSON.parse(body) as Goods;
    const resent = data["redrive-count"] !== undefined;
    return judge("mail", { seed: `${String(data["messageId"])}/${String(data["redrive-count"] ?? 0)}/${attempt > 1 ? "again" : ""}`, resent, data, now: new Date() });
  } catch {
    return { name: "SyntaxError", message: "the body is not JSON", retryable: false, frames: ["parse (/srv/shop/src/messaging/json.ts:22:13)"], facts: {} };
  }
}

/** The payload stands in it as it came: a number of 20 digits would not survive being parsed. */
function obituary(body: string, failed: DemoFailure): string {
  const { name, message, stack } = errorOf(failed);
  const told = { id: crypto.randomUUID(), queue: MAILS, attempts: MAX_ATTEMPTS, failedAt: new Date().toISOString(), error: { name, message, stack } };
  const payload = failed.name === "SyntaxError" ? JSON.stringify(body) : body;
  return `${JSON.stringify(told).slice(0, -1)},"payload":${payload}}`;
}
