import type { z } from "zod";
import type { redisStream } from "#core/brokers/redis-stream.ts";
import type { RedisClient } from "./link.ts";
import type { Entry } from "./stream-entry.ts";

export type StreamSource = z.infer<(typeof redisStream)["source"]>;

/** Redrive's consumer in a group. One capture at a time holds a source, so what is pending under this name is its own. */
export const CONSUMER = "redrive";

type OneStream = readonly [key: Buffer, entries: readonly Entry[]];
/** With RESP3 one stream comes as it is, with RESP2 in a list. */
type StreamAnswer = OneStream | readonly OneStream[] | null;

/** Entries of our group that nobody has read, waiting up to `blockMs` for the first. */
export async function readNew(redis: RedisClient, key: string, group: string, count: number, blockMs: number): Promise<readonly Entry[]> {
  const args = ["GROUP", group, CONSUMER, "COUNT", count, "BLOCK", blockMs, "STREAMS", key, ">"];
  return entriesOf((await redis.callBuffer("XREADGROUP", ...args)) as StreamAnswer);
}

/** Entries that our consumer was given and has not acknowledged, after `from`. */
export async function readOwn(redis: RedisClient, key: string, group: string, count: number, from: string): Promise<readonly Entry[]> {
  return entriesOf((await redis.callBuffer("XREADGROUP", "GROUP", group, CONSUMER, "COUNT", count, "STREAMS", key, from)) as StreamAnswer);
}

const isBare = (answer: OneStream | readonly OneStream[]): answer is OneStream => Buffer.isBuffer(answer[0]);

function entriesOf(answer: StreamAnswer): readonly Entry[] {
  if (answer === null) return [];
  return (isBare(answer) ? answer[1] : answer[0]?.[1]) ?? [];
}

/** What XPENDING tells of one entry. */
export type Pending = { readonly id: string; readonly consumer: string; readonly idleMs: number; readonly deliveries: string };

/** Pending entries of a group, oldest first, after `from` (exclusive unless "-"), or from `from` to `to`. */
export async function pendingOf(
  redis: RedisClient,
  { key, group, minIdleMs, consumer, from, to, count }: { key: string; group: string; minIdleMs: number; consumer?: string; from: string; to?: string; count: number },
): Promise<Pending[]> {
  const args: (string | number)[] = [key, group, ...(minIdleMs > 0 ? ["IDLE", minIdleMs] : []), from === "-" || to !== undefined ? from : `(${from}`, to ?? "+", count];
  if (consumer !== undefined) args.push(consumer);
  const rows = (await redis.callBuffer("XPENDING", ...args)) as readonly (readonly [Buffer, Buffer, number, number | bigint | Buffer])[];
  return rows.map(([id, owner, idleMs, deliveries]) => ({ id: id.toString("latin1"), consumer: owner.toString("utf8"), idleMs: Number(idleMs), deliveries: String(deliveries) }));
}

/** For how long each consumer of a group has not been heard of, ms. */
export async function consumersOf(redis: RedisClient, key: string, group: string): Promise<ReadonlyMap<string, number>> {
  const rows = (await redis.xinfo("CONSUMERS", key, group)) as unknown[][];
  return new Map(rows.map((row) => [valueIn(row, "name") ?? "", Number(valueIn(row, "idle"))]));
}

/** A value of an answer that is names and values in turn. */
export function valueIn(pairs: readonly unknown[], name: string): string | undefined {
  const at = pairs.findIndex((each, index) => index % 2 === 0 && String(each) === name);
  return at === -1 ? undefined : String(pairs[at + 1]);
}

/** Redis 8.8 gives up on an entry for good with this count (XNACK FATAL). */
const FATAL = 2n ** 63n - 1n;

/** Whether an entry counts as dead: delivered often enough, or given up for good. */
export const isStuck = ({ deliveries }: Pending, { minDeliveries }: StreamSource): boolean => {
  const count = BigInt(deliveries);
  return count === FATAL || count >= BigInt(minDeliveries);
};
