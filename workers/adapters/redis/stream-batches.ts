import type { Accepted, Batch, CaptureLimits, Cursor } from "#core/brokers/adapter.ts";
import { within } from "#core/brokers/parts.ts";
import type { RedisStreamNative } from "#core/message/native.ts";
import { holding } from "./in-hand.ts";
import { readWindow, type ReadWindow } from "./read-window.ts";
import { deathOf, sizeOf, type Entry } from "./stream-entry.ts";
import type { StreamSource } from "./stream-reads.ts";

/** What a capture of a stream keeps in mind while it runs. */
export type Follow = {
  readonly source: StreamSource;
  readonly window: ReadWindow;
  /** Entries handed out and neither accepted nor released. */
  readonly inHand: Set<string>;
  /** Whether what our consumer holds has to be read (again), and behind which entry. */
  again: boolean;
  ownFrom: string;
  toldTrimmed: string | null;
  settle(ids: readonly string[]): Promise<Accepted | void>;
  letGo?(ids: readonly string[]): void;
  cursorAfter(ids: readonly string[]): Cursor;
};

/**
 * Nothing is in hand yet; what an earlier capture left comes first. `settle` acknowledges ids and tells what it noticed;
 * `letGo` hears of ids that were not stored; `cursorAfter` says where a stored batch leaves the source.
 */
export const follow = (source: StreamSource, own: Pick<Follow, "settle" | "letGo" | "cursorAfter">): Follow => ({
  source,
  window: readWindow(),
  inHand: new Set(),
  again: true,
  ownFrom: "0",
  toldTrimmed: null,
  ...own,
});

/** Entries as batches within the limits; a batch without deaths when there is only something to tell. */
export function* batchesOf(
  hand: Follow,
  entries: readonly Entry[],
  notices: readonly string[],
  limits: CaptureLimits,
  pendingOf: (id: string) => RedisStreamNative["pending"] = () => null,
): Generator<Batch, void, void> {
  const told = [...notices];
  const fresh = entries.filter(([id]) => !hand.inHand.has(id.toString("latin1")));
  for (const entry of fresh) hand.window.saw(sizeOf(entry));
  for (const part of within(fresh, sizeOf, limits)) yield batchOf(hand, part, told.splice(0), pendingOf);
  if (told.length > 0) yield batchOf(hand, [], told, pendingOf);
}

function batchOf(hand: Follow, entries: readonly Entry[], notices: readonly string[], pendingOf: (id: string) => RedisStreamNative["pending"]): Batch {
  const ids = entries.map(([id]) => id.toString("latin1"));
  return {
    deaths: entries.map((entry, at) => deathOf(hand.source.queue, entry, pendingOf(ids[at] ?? ""), hand.source.bodyField)),
    ...(notices.length === 0 ? {} : { notices }),
    cursor: hand.cursorAfter(ids),
    ...holding(hand.inHand, ids, {
      accept: async () => (ids.length > 0 ? hand.settle(ids) : undefined),
      release: () => {
        hand.letGo?.(ids);
        hand.again = true;
        hand.ownFrom = "0";
      },
    }),
  };
}
