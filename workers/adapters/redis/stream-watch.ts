import type { Cursor } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import type { RedisClient } from "./link.ts";
import { CONSUMER, consumersOf, pendingOf, type Pending } from "./stream-reads.ts";

/** How long a consumer that was silent is looked after. */
const LOOK_AFTER_MS = 24 * 3_600_000;
/** At most so many; those that were noted first go first. */
const MOST = 200;
/** Of the entries of each, so many are kept, and so many named. */
const MOST_IDS = 100;
const NAMED = 5;
/** Redis and several workers tell the time. */
const SLACK_MS = 5_000;

export type Place = { readonly key: string; readonly group: string };

/** A consumer that had not been heard of since it was given entries, when these were taken over. */
type Silent = {
  readonly consumer: string;
  /** For how long then, and when that was, ms since 1970. */
  readonly idleMs: number;
  readonly at: number;
  /** Of its entries, the first. */
  readonly ids: readonly string[];
};

/** What is in the cursor of a source of stuck entries: what is to be looked at later, by whichever worker has it then. */
type Noted = { readonly unsettled: readonly string[]; readonly silent: readonly Silent[] };

/** Entries of somebody else's group that were taken over, and who may come back for them. */
export type Watch = {
  cursor(): string;
  /** These are to be stored, and of these it is not known yet what their acknowledgement met. */
  handOut(ids: readonly string[]): void;
  settle(ids: readonly string[]): void;
  /** Before entries are taken over: notes which of their consumers are silent. Resolves to whether one of them is new here. */
  note(found: readonly Pending[], minIdleMs: number): Promise<boolean>;
  /** These were not taken over after all. */
  left(ids: readonly string[]): void;
  /** What became of entries whose acknowledgement a worker did not live to tell of; each is told once. */
  doubts(): Promise<string[]>;
  /** Which of the silent have been heard of since; each is told once. Before Redis 7.2 asking in vain does not count as being heard of. */
  returned(): Promise<string[]>;
};

/** The watch as a stored cursor left it. Throws Fault `invalid` for a cursor that is none. */
export function watchFrom(redis: RedisClient, { key, group }: Place, from: Cursor): Watch {
  const noted = from === null ? { unsettled: [], silent: [] } : read(from);
  const unsettled = new Set(noted.unsettled);
  const silent = new Map(noted.silent.map((each) => [each.consumer, each]));
  return {
    cursor: () => JSON.stringify({ unsettled: [...unsettled], silent: [...silent.values()] } satisfies Noted),
    handOut: (ids) => {
      for (const id of ids) unsettled.add(id);
    },
    settle: (ids) => {
      for (const id of ids) unsettled.delete(id);
    },
    async note(found, minIdleMs) {
      const byConsumer = Map.groupBy(found.filter(({ consumer }) => consumer !== CONSUMER), ({ consumer }) => consumer);
      if (byConsumer.size === 0) return false;
      let news = false;
      const idle = await consumersOf(redis, key, group);
      for (const [consumer, entries] of byConsumer) {
        const idleMs = idle.get(consumer) ?? 0;
        // one that is at work has finished with them; one that fell silent may still be busy with them
        if (idleMs < minIdleMs) continue;
        const before = silent.get(consumer) ?? { consumer, idleMs, at: Date.now(), ids: [] };
        news ||= before.ids.length === 0;
        const ids = new Set([...before.ids, ...entries.map(({ id }) => id)]);
        silent.set(consumer, { ...before, ids: [...ids].slice(0, MOST_IDS) });
      }
      for (const consumer of [...silent.keys()].slice(0, Math.max(0, silent.size - MOST))) silent.delete(consumer);
      return news;
    },
    left(ids) {
      for (const [consumer, each] of silent) {
        const taken = each.ids.filter((id) => !ids.includes(id));
        if (taken.length === 0) silent.delete(consumer);
        else silent.set(consumer, { ...each, ids: taken });
      }
    },
    async doubts() {
      const ids = [...unsettled];
      unsettled.clear();
      const owners = await Promise.all(ids.map(async (id) => (await pendingOf(redis, { key, group, minIdleMs: 0, from: id, to: id, count: 1 }))[0]?.consumer));
      const back = ids.flatMap((id, at) => (owners[at] === undefined || owners[at] === CONSUMER ? [] : [tookBack(owners[at], group, id)]));
      const gone = ids.filter((_, at) => owners[at] === undefined);
      if (gone.length === 0) return back;
      const which = gone.length === 1 ? `entry ${gone[0]} of ${group}` : `${gone.length} entries of ${group} (${named(gone)})`;
      return [...back, `A worker ended while it acknowledged ${which}. Whether it did, or a consumer that came back, is not known: they may have been processed as well.`];
    },
    async returned() {
      if (silent.size === 0) return [];
      const idle = await consumersOf(redis, key, group);
      const now = Date.now();
      const notices: string[] = [];
      for (const [consumer, { idleMs, at, ids }] of silent) {
        const quiet = idle.get(consumer);
        const expected = idleMs + now - at;
        const back = quiet !== undefined && quiet < expected - Math.min(SLACK_MS, idleMs / 2);
        if (back) notices.push(`Consumer ${consumer} of ${group} is back. It had been silent when its entries were being taken over (${named(ids)}): it may have processed them as well.`);
        if (back || quiet === undefined || now - at > LOOK_AFTER_MS) silent.delete(consumer);
      }
      return notices;
    },
  };
}

/** Tells of an entry that a consumer has taken back after it was stored. */
export const tookBack = (consumer: string, group: string, id: string): string =>
  `Consumer ${consumer} of ${group} took entry ${id} back while it was being stored: it may have been processed as well.`;

const named = (ids: readonly string[]): string => `${ids.slice(0, NAMED).join(", ")}${ids.length > NAMED ? ", ..." : ""}`;

function read(cursor: string): Noted {
  try {
    const { unsettled, silent } = JSON.parse(cursor) as Partial<Noted>;
    if (Array.isArray(unsettled) && Array.isArray(silent)) return { unsettled, silent };
  } catch {
    // said below
  }
  throw new Fault("invalid", "the cursor is no note of stuck entries");
}
