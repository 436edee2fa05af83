import type { Consumer, EachBatchPayload } from "kafkajs";
import type { Batch, CaptureLimits, Cursor } from "#core/brokers/adapter.ts";
import { within } from "#core/brokers/parts.ts";
import { Fault } from "#core/fault.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { partitionsOf, type Cluster } from "./cluster.ts";
import { faultOf, isRebalance } from "./faults.ts";
import { handover, type Chunk } from "./handover.ts";
import { sizeOf } from "./record.ts";
import { cursorOf, gapNotice, startOf, type Position } from "./position.ts";
import { deathsOf } from "./pointer.ts";
import { sourceRecords, type SourceRecords } from "./source-records.ts";

const SESSION_MS = 6_000;
const MAX_WAIT_MS = 300;
const LEAVE_MS = 800;
const LOOK_MS = 2_000;
/** Partitions that were added are read after this. */
const METADATA_MS = 15_000;

/**
 * Reads a topic with a group of ours. Where to go on is what Postgres stored with the records; the group's commits follow
 * it, for others to see. A partition that is taken away hands out nothing more, and a commit of an old generation is
 * refused by the broker and not needed. Throws Fault.
 */
export async function* capture(cluster: Cluster, group: string, topic: string, from: Cursor, limits: CaptureLimits, stop: AbortSignal): AsyncGenerator<Batch, void, void> {
  const groupId = `${group}.${topic}`;
  const { admin, kafka } = cluster;
  try {
    await partitionsOf(admin, topic);
    const start = await startOf(admin, topic, groupId, from);
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: SESSION_MS,
      heartbeatInterval: SESSION_MS / 4,
      maxWaitTimeInMs: MAX_WAIT_MS,
      metadataMaxAge: METADATA_MS,
      maxBytesPerPartition: limits.maxBytes,
      allowAutoTopicCreation: false,
      retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
    });
    // kafkajs reads nothing, and says nothing, when the topic is gone
    const look = setInterval(() => partitionsOf(admin, topic).catch((fault: Fault) => (fault.code === "not_found" || fault.code === "unauthorised") && hand.fail(fault)), LOOK_MS).unref();
    const forget = cluster.onClose(() => consumer.disconnect());
    const hand = handover(AbortSignal.any([stop, cluster.ended]));
    const assigned = new Set<number>();
    const accepted = new Map(from === null ? [] : Object.entries(start.position.next).map(([partition, offset]) => [Number(partition), offset]));
    const reading: Reading = { cluster, consumer, topic, limits, look: sourceRecords(cluster), stop: hand.signal, assigned, accepted, position: start.position, epochs: hand.epochs, notices: [...start.notices] };
    try {
      consumer.on("consumer.crash", ({ payload }) => hand.fail(faultOf(payload.error)));
      // with each generation anew: the group may remember another place than Postgres, and who had a partition meanwhile may
      // have read on; what is on its way from before is stale by this, or no longer ours
      consumer.on("consumer.group_join", ({ payload }) => {
        assigned.clear();
        for (const partition of payload.memberAssignment[topic] ?? []) {
          assigned.add(partition);
          consumer.seek({ topic, partition, offset: reading.position.next[partition] ?? "0" });
        }
        // what was accepted in the midst of a rebalance, or before a worker died, the group has not heard of yet
        commit(reading, [...accepted.keys()].filter((partition) => assigned.has(partition))).catch((error: unknown) => hand.fail(faultOf(error)));
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      const run = consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 3, eachBatch: (payload) => take(payload, reading, hand.give) });
      await Promise.race([run, hand.ended]);
      if (reading.notices.length > 0) yield batchOf(reading, null);
      for await (const chunk of hand.chunks()) yield* batches(reading, chunk);
    } finally {
      clearInterval(look);
      hand.close();
      forget();
      await Promise.race([consumer.disconnect().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, LEAVE_MS).unref())]);
    }
  } catch (error) {
    if (!stop.aborted) throw faultOf(error);
  }
  if (!stop.aborted && cluster.ended.aborted) throw new Fault("unreachable", "the connection to the cluster was lost");
}

/** Hands the records of one fetch on in chunks, and waits for each to be taken; the group hears of us meanwhile. */
async function take({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload, { epochs, limits, assigned }: Reading, give: (chunk: Chunk) => Promise<boolean>): Promise<void> {
  const epoch = epochs.get(batch.partition) ?? 0;
  for (const records of within(batch.messages, sizeOf, limits)) {
    const gone = (): boolean => !isRunning() || isStale() || !assigned.has(batch.partition) || (epochs.get(batch.partition) ?? 0) !== epoch;
    if (gone()) return;
    const chunk: Chunk = { partition: batch.partition, records, high: batch.highWatermark, withdrawn: gone };
    const beat = setInterval(() => heartbeat().catch(() => undefined), SESSION_MS / 4);
    try {
      if (!(await give(chunk)) || gone()) return;
    } finally {
      clearInterval(beat);
    }
    resolveOffset(records.at(-1)?.offset ?? batch.lastOffset());
  }
  // transaction markers and what compaction took have no record
  resolveOffset(batch.lastOffset());
  await heartbeat();
}

type Reading = {
  readonly cluster: Cluster;
  readonly consumer: Consumer;
  readonly topic: string;
  readonly limits: CaptureLimits;
  /** Reads what a share group's letters point to. */
  readonly look: SourceRecords;
  readonly stop: AbortSignal;
  /** The partitions that are ours in this generation. */
  readonly assigned: ReadonlySet<number>;
  /** The offset to go on from in each partition, as far as it is stored. */
  readonly accepted: Map<number, string>;
  position: Position;
  readonly epochs: Map<number, number>;
  /** Waiting for the next batch. */
  readonly notices: string[];
};

async function* batches(reading: Reading, chunk: Chunk): AsyncGenerator<Batch, void, void> {
  const { topic, cluster } = reading;
  const { partition } = chunk;
  const { era, next } = reading.position;
  const expected = next[partition];
  if (expected !== undefined && BigInt(chunk.high) < BigInt(expected)) throw new Fault("unreachable", `the topic ${topic} was deleted and made anew; it is opened again`);
  // what an earlier read has handed out already is not handed out again
  const records = chunk.records.filter(({ offset }) => expected === undefined || BigInt(offset) >= BigInt(expected));
  const [first] = records;
  if (first === undefined) return;
  if (expected !== undefined && BigInt(first.offset) > BigInt(expected)) {
    // markers and compaction leave gaps too: only what lies before the log's start was lost
    const low = (await cluster.admin.fetchTopicOffsets(topic)).find((each) => each.partition === partition)?.low ?? "0";
    if (BigInt(low) > BigInt(expected)) reading.notices.push(gapNotice(partition, expected, low));
  }
  for await (const part of deathsOf({ topic, partition, era, records }, reading.look, reading.limits.maxBytes, reading.stop)) {
    if (chunk.withdrawn()) return;
    reading.notices.push(...part.notices);
    const [from, to] = [part.records[0]?.offset, part.records.at(-1)?.offset];
    if (from !== undefined && to !== undefined) yield batchOf(reading, { partition, deaths: part.deaths, from, after: String(BigInt(to) + 1n) });
  }
}

/** Tells the group what was accepted; where it is rebalancing, it is told when we have joined anew. Throws Fault. */
async function commit({ consumer, topic, accepted }: Reading, partitions: readonly number[]): Promise<void> {
  if (partitions.length === 0) return;
  try {
    await consumer.commitOffsets(partitions.map((partition) => ({ topic, partition, offset: accepted.get(partition) ?? "0" })));
  } catch (error) {
    if (!isRebalance(error)) throw faultOf(error);
  }
}

/** `from` is the first offset of what was read of a partition, `after` the one to go on from. */
type ReadPart = { readonly partition: number; readonly deaths: readonly RawDeath[]; readonly from: string; readonly after: string };

function batchOf(reading: Reading, read: ReadPart | null): Batch {
  const { topic, consumer, epochs, assigned } = reading;
  const goOn = (partition: number, offset: string): Position => ({ ...reading.position, next: { ...reading.position.next, [partition]: offset } });
  if (read !== null) reading.position = goOn(read.partition, read.after);
  const notices = reading.notices.splice(0);
  let decided = false;
  const decide = (): void => {
    if (decided) throw new Error("this batch was already accepted or released");
    decided = true;
  };
  return {
    deaths: read?.deaths ?? [],
    ...(notices.length === 0 ? {} : { notices }),
    cursor: cursorOf(reading.position),
    async accept() {
      decide();
      if (read === null) return;
      reading.accepted.set(read.partition, read.after);
      // the group takes a member's commit for any partition: of one that is another's now, it would undo theirs
      if (assigned.has(read.partition)) await commit(reading, [read.partition]);
    },
    async release() {
      decide();
      if (read === null) return;
      epochs.set(read.partition, (epochs.get(read.partition) ?? 0) + 1);
      reading.position = goOn(read.partition, read.from);
      consumer.seek({ topic, partition: read.partition, offset: read.from });
    },
  };
}
