import type { Depth } from "#core/brokers/adapter.ts";
import type { Connection } from "./connection.ts";
import { faultOf } from "./faults.ts";
import { inLanes } from "#core/brokers/lanes.ts";
import { entriesIn, statsOf, type SubscriptionStats } from "./topic.ts";

const LANES = 8;

/** One depth a topic, in order; never throws for a single one. */
export const depths = (connection: Connection, topics: readonly string[], signal: AbortSignal): Promise<Depth[]> =>
  inLanes(topics, LANES, (topic) => depthOf(connection, topic, signal).catch((error: unknown): Depth => ({ kind: "unknown", fault: connection.fault() ?? faultOf(error) })));

/**
 * What waits for Redrive's subscription; on a topic without it, for the one that is furthest behind; on a topic without
 * any, what it holds. The broker counts entries, of which one may be a batch of messages: exact is only what it can not be.
 */
async function depthOf({ rest, subscription }: Connection, topic: string, signal: AbortSignal): Promise<Depth> {
  const { partitioned, msgInCounter, subscriptions } = await statsOf(rest, topic, signal);
  const own = subscriptions.get(subscription) ?? furthestBehind([...subscriptions.values()]);
  if (own?.msgBacklog === 0) return { kind: "exact", ready: 0, inFlight: own.unackedMessages, consumers: own.consumers.length };
  const { stored, added } = await entriesIn(rest, topic, partitioned, signal);
  if (own === undefined) return { kind: "estimate", ready: stored, inFlight: null, consumers: 0 };
  const singles = added === msgInCounter && added >= stored;
  const perEntry = added === 0 ? 1 : Math.max(1, msgInCounter / added);
  const inFlight = own.unackedMessages;
  const backlog = singles ? own.msgBacklog : Math.round(own.msgBacklog * perEntry);
  return { kind: singles ? "exact" : "estimate", ready: Math.max(0, backlog - inFlight), inFlight, consumers: own.consumers.length };
}

const furthestBehind = (all: readonly SubscriptionStats[]): SubscriptionStats | undefined => all.toSorted((a, b) => b.msgBacklog - a.msgBacklog)[0];
