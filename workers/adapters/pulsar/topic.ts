import { Fault } from "#core/fault.ts";
import type { Rest } from "./rest.ts";

/** Parts of `persistent://tenant/namespace/topic`. */
const FULL_NAME = /^persistent:\/\/([^/]+)\/([^/]+)\/(.+)$/;

/** A topic's place below `/admin/v2/` and in the WebSocket API. Throws Fault `unsupported` for one that keeps nothing. */
export function pathOf(topic: string): string {
  const [, tenant, namespace, name] = FULL_NAME.exec(topic) ?? [];
  if (tenant === undefined || namespace === undefined || name === undefined) throw new Fault("unsupported", `${topic} is no persistent topic: a non-persistent one keeps nothing`);
  return `persistent/${[tenant, namespace, name].map(encodeURIComponent).join("/")}`;
}

/** What is used of a topic's statistics; source: TopicStats and SubscriptionStats in Pulsar's admin API. */
export type TopicStats = {
  readonly partitioned: boolean;
  /** Messages since the topic was loaded; an entry may hold many. */
  readonly msgInCounter: number;
  readonly subscriptions: ReadonlyMap<string, SubscriptionStats>;
};
export type SubscriptionStats = {
  /** Entries, not messages. */
  readonly msgBacklog: number;
  readonly unackedMessages: number;
  readonly consumers: readonly { readonly consumerName: string; readonly unackedMessages: number }[];
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);
const entriesOf = (value: unknown): [string, unknown][] => (isRecord(value) ? Object.entries(value) : []);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const field = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);
const count = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0);

const PRECISE = "getPreciseBacklog=true&subscriptionBacklogSize=false&getEarliestTimeInBacklog=false";

/** Throws Fault, `not_found` for a topic that is not there: asking makes none. */
export async function statsOf(rest: Rest, topic: string, signal?: AbortSignal): Promise<TopicStats> {
  const path = pathOf(topic);
  const plain = await rest.get(`${path}/stats?${PRECISE}`, signal).catch(orNull);
  if (plain !== null) return readStats(plain, false);
  const partitioned = await rest.get(`${path}/partitioned-stats?perPartition=false&${PRECISE}`, signal).catch(orNull);
  if (partitioned === null) throw new Fault("not_found", `there is no topic ${topic}`);
  return readStats(partitioned, true);
}

function orNull(error: unknown): null {
  if (error instanceof Fault && error.code === "not_found") return null;
  throw error;
}

function readStats(json: unknown, partitioned: boolean): TopicStats {
  const subscriptions = entriesOf(field(json, "subscriptions")).map(([name, stats]): [string, SubscriptionStats] => [name, subscriptionOf(stats)]);
  return { partitioned, msgInCounter: count(field(json, "msgInCounter")), subscriptions: new Map(subscriptions) };
}

const subscriptionOf = (stats: unknown): SubscriptionStats => ({
  msgBacklog: count(field(stats, "msgBacklog")),
  unackedMessages: count(field(stats, "unackedMessages")),
  consumers: listOf(field(stats, "consumers")).map((consumer) => ({ consumerName: String(field(consumer, "consumerName")), unackedMessages: count(field(consumer, "unackedMessages")) })),
});

/** Entries a topic holds, and how many of them came since it was loaded. Throws Fault. */
export async function entriesIn(rest: Rest, topic: string, partitioned: boolean, signal?: AbortSignal): Promise<{ readonly stored: number; readonly added: number }> {
  const path = pathOf(topic);
  const ledgers = partitioned
    ? entriesOf(field(await rest.get(`${path}/partitioned-internalStats`, signal), "partitions")).map(([, one]) => one)
    : [await rest.get(`${path}/internalStats`, signal)];
  const sum = (name: string): number => ledgers.reduce<number>((total, ledger) => total + count(field(ledger, name)), 0);
  return { stored: sum("numberOfEntries"), added: sum("entriesAddedCounter") };
}

/** Makes a durable subscription that begins with the oldest message there is, unless it is there. Throws Fault. */
export async function ensureSubscription(rest: Rest, topic: string, subscription: string, signal?: AbortSignal): Promise<void> {
  await rest.put(`${pathOf(topic)}/subscription/${encodeURIComponent(subscription)}`, "earliest", signal).catch((error: unknown) => {
    if (!(error instanceof Fault && error.code === "blocked")) throw error;
  });
}
