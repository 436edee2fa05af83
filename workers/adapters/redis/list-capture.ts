import { setTimeout as pause } from "node:timers/promises";
import type { Batch, CaptureLimits } from "#core/brokers/adapter.ts";
import { within } from "#core/brokers/parts.ts";
import { Fault } from "#core/fault.ts";
import { faultOf } from "./faults.ts";
import { holding } from "./in-hand.ts";
import { cut, type Link, type RedisClient } from "./link.ts";
import { deathOf, inOrder, type ListSource, type Taken } from "./list-element.ts";
import { placesOf, type ListPlaces } from "./list-places.ts";
import { TAKE } from "./list-scripts.ts";
import { run } from "./lua.ts";
import { readWindow } from "./read-window.ts";
import { isTakeable, mustBe } from "./list-types.ts";

const BLOCK_S = 0.5;
/** A sorted set has no command that waits and moves; it is looked at. */
const LOOK_AGAIN_MS = 200;
const LOOK_FOR_LEFT_MS = 5_000;

/**
 * Takes elements into a hash of our own in one step of the server, each under an id that is made once; they are removed there
 * once they are stored. Whoever captures next finds what was left and hands it out under the same ids: what was stored
 * already is known by them, and equal elements stay apart. Throws Fault.
 */
export async function* captureList({ redis, open, cluster }: Link & { readonly cluster: boolean }, source: ListSource, limits: CaptureLimits, stop: AbortSignal): AsyncGenerator<Batch, void, void> {
  const reader = await open();
  const end = (): void => cut(reader);
  stop.addEventListener("abort", end, { once: true });
  try {
    mustBe(source);
    const places = placesOf(source.queue, cluster);
    const window = readWindow();
    const hand: Hand = { source, places, redis, inHand: new Set(), again: true };
    let looked = performance.now();
    while (!stop.aborted) {
      if (performance.now() - looked > LOOK_FOR_LEFT_MS) {
        looked = performance.now();
        // a capture that was stopped in the middle of its last take left it behind later than we looked
        hand.again ||= (await redis.hlen(places.taken)) > hand.inHand.size;
      }
      const count = window.count(limits);
      if (hand.again) {
        const left = await leftBehind(hand, count);
        for (const { value } of left) window.saw(value.length);
        for (const part of within(left, ({ value }) => value.length, limits)) yield batchOf(hand, part);
        continue;
      }
      const { kind, taken } = await take(redis, places, source, count, limits.maxBytes);
      for (const { value } of taken) window.saw(value.length);
      if (taken.length > 0) yield batchOf(hand, taken);
      else if (kind === "zset" || !isTakeable(source, "list")) await pause(LOOK_AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
      else await waitForMore(reader, places);
    }
  } catch (error) {
    if (!stop.aborted) throw faultOf(error);
  } finally {
    stop.removeEventListener("abort", end);
    cut(reader);
  }
}

type Hand = {
  readonly source: ListSource;
  readonly places: ListPlaces;
  readonly redis: RedisClient;
  /** Ids handed out and neither accepted nor released. */
  readonly inHand: Set<string>;
  /** Whether something may lie in the taken hash that is not in hand. */
  again: boolean;
};

async function take(redis: RedisClient, { source: key, arriving, taken: place }: ListPlaces, source: ListSource, count: number, maxBytes: number): Promise<{ kind: string; taken: Taken[] }> {
  // its time comes first, so that takes can be told in their order
  const name = `${Date.now().toString(36).padStart(9, "0")}-${crypto.randomUUID()}`;
  const mayTake = (kind: string): string => (isTakeable(source, kind) ? "1" : "0");
  const args = [name, count, maxBytes, source.envelope, mayTake("list"), mayTake("zset")];
  const [kind, ...found] = (await run(redis, TAKE, [key, arriving, place], args)) as Buffer[];
  const type = kind?.toString() ?? "none";
  if (found.length === 0 && !isTakeable(source, type)) throw new Fault("invalid", `the key ${key} holds a ${type}, which ${source.envelope} does not keep its dead in`);
  return { kind: type, taken: found.flatMap((id, at) => (at % 2 === 0 ? [{ id: id.toString("latin1"), value: found[at + 1] ?? Buffer.alloc(0) }] : [])) };
}

/** What lies taken and is not in hand, oldest first, about as many as asked for. */
async function leftBehind(hand: Hand, count: number): Promise<Taken[]> {
  hand.again = false;
  const ids = (await hand.redis.hkeys(hand.places.taken)).filter((id) => !hand.inHand.has(id)).toSorted(inOrder);
  hand.again = ids.length > count;
  const next = ids.slice(0, count);
  if (next.length === 0) return [];
  const values = await hand.redis.hmgetBuffer(hand.places.taken, ...next);
  return next.flatMap((id, at) => {
    const value = values[at];
    return value === null || value === undefined ? [] : [{ id, value }];
  });
}

function batchOf(hand: Hand, taken: readonly Taken[]): Batch {
  const ids = taken.map(({ id }) => id);
  return {
    deaths: taken.map((each) => deathOf(hand.source, each)),
    cursor: null,
    ...holding(hand.inHand, ids, {
      accept: async () => void (await hand.redis.hdel(hand.places.taken, ...ids)),
      release: () => {
        hand.again = true;
      },
    }),
  };
}

/** Until something may be there. What comes to a waiting list is moved by the server itself, to a place that every take empties first. */
async function waitForMore(reader: RedisClient, { source, arriving }: ListPlaces): Promise<void> {
  try {
    await reader.blmove(source, arriving, "RIGHT", "LEFT", BLOCK_S);
  } catch (error) {
    // it became a sorted set meanwhile: the next take sees that
    if (!(error instanceof Error && error.message.startsWith("WRONGTYPE"))) throw error;
  }
}
