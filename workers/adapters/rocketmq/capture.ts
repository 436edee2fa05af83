import type { Batch, CaptureLimits, Cursor } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import type { Cluster, TopicPart } from "./cluster.ts";
import { ANSWER, PERM, REQUEST } from "./codes.ts";
import { faultOf, faultOfAnswer } from "./faults.ts";
import { deathOf } from "./message.ts";
import { anewNotice, cursorOf, gapNotice, positionOf, type Position } from "./position.ts";
import { boundsOf, keyOf, queueReader, type Found, type Place, type QueueReader } from "./queue-reader.ts";

/** A group's dead letters lie on each broker where one died: a topic may come to a further broker at any time. */
const LOOK_FOR_QUEUES_MS = 10_000;

type Reading = { readonly cluster: Cluster; readonly group: string; readonly topic: string; position: Position; readonly readers: Map<string, QueueReader>; ring(): void };

/**
 * Reads all queues of a topic by offset; the broker keeps everything. Where to go on is what Postgres stored with the
 * messages; the offsets of our group follow it, for others to see. Throws Fault.
 */
export async function* capture(cluster: Cluster, group: string, topic: string, from: Cursor, limits: CaptureLimits, stop: AbortSignal): AsyncGenerator<Batch, void, void> {
  let bell = Promise.withResolvers<void>();
  const ring = (): void => bell.resolve();
  const reading: Reading = { cluster, group, topic, position: positionOf(from), readers: new Map(), ring };
  const over = AbortSignal.any([stop, cluster.ended]);
  over.addEventListener("abort", ring, { once: true });
  let lookNow = true;
  const look = setInterval(() => {
    lookNow = true;
    ring();
  }, LOOK_FOR_QUEUES_MS);
  try {
    while (!over.aborted) {
      if (lookNow) {
        lookNow = false;
        const notices = await before(openQueues(reading), over, "stopped");
        if (notices.length > 0) yield batchOf(reading, null, { messages: [], notices });
      }
      bell = Promise.withResolvers<void>();
      // each in turn: a busy queue does not keep the others waiting
      const ready = [...reading.readers.values()].filter((reader) => reader.ready());
      for (const reader of ready) {
        if (over.aborted) break;
        const found = await before(reader.take(limits), over, "stopped");
        if (found.messages.length > 0 || found.notices.length > 0) yield batchOf(reading, reader, found);
      }
      if (ready.length === 0 && !lookNow && !over.aborted) await bell.promise;
    }
  } catch (error) {
    if (!over.aborted) throw faultOf(error);
  } finally {
    clearInterval(look);
  }
  if (!stop.aborted && cluster.ended.aborted) throw new Fault("unreachable", "the connection to the cluster was lost");
}

/** Readers for queues that have none yet; what was gone before it was read is told. */
async function openQueues({ cluster, group, topic, position, readers, ring }: Reading): Promise<string[]> {
  const parts = await cluster.parts(topic);
  const readable = parts.filter(({ perm }) => (perm & PERM.read) !== 0);
  if (readable.length === 0) throw unreadable(topic, parts);
  const notices: string[] = [];
  const down: Fault[] = [];
  for (const place of readable.flatMap((part) => placesOf(topic, part))) {
    if (readers.has(keyOf(place))) continue;
    try {
      const { start, notice } = await startOf(cluster, group, place, position[keyOf(place)]);
      if (notice !== null) notices.push(notice);
      readers.set(keyOf(place), queueReader(cluster, group, place, start, ring));
    } catch (error) {
      // a broker that is down keeps nobody from reading the others; it is tried again
      const fault = faultOf(error);
      if (fault.code !== "unreachable") throw fault;
      down.push(fault);
    }
  }
  const [first] = down;
  if (readers.size === 0 && first !== undefined) throw first;
  return notices;
}

/** Where a queue is read from: where Postgres says, else where our group was, else its start. Tells what is gone. Throws Fault. */
async function startOf(cluster: Cluster, group: string, place: Place, stored: string | undefined): Promise<{ readonly start: bigint; readonly notice: string | null }> {
  const { min, max } = await boundsOf(cluster, place);
  const wanted = stored === undefined ? ((await committedOf(cluster, group, place)) ?? min) : BigInt(stored);
  if (wanted > max) return { start: min, notice: anewNotice(keyOf(place)) };
  return wanted < min ? { start: min, notice: gapNotice(keyOf(place), wanted, min) } : { start: wanted, notice: null };
}

/** Brokers before 4.7 make dead-letter topics that may be written only. */
const unreadable = (topic: string, parts: readonly TopicPart[]): Fault =>
  new Fault("unauthorised", `the topic ${topic} may not be read (perm=${parts[0]?.perm ?? 0}): mqadmin updateTopicPerm -t '${topic}' -p 6 allows it`);

export const placesOf = (topic: string, { broker, address, readQueues }: TopicPart): Place[] => Array.from({ length: readQueues }, (_, queueId) => ({ topic, broker, address, queueId }));

/** How far our group was on a queue, or null. Throws Fault. */
export async function committedOf(cluster: Cluster, group: string, { topic, address, queueId }: Place, signal?: AbortSignal): Promise<bigint | null> {
  const wire = await cluster.broker(address);
  const fields = { consumerGroup: group, topic, queueId: String(queueId), setZeroIfNotFound: "false" };
  const answer = await wire.ask(REQUEST.queryConsumerOffset, { fields, ...(signal === undefined ? {} : { signal }) });
  if (answer.code === ANSWER.queryNotFound) return null;
  if (answer.code !== ANSWER.success) throw faultOfAnswer(answer);
  return BigInt(answer.fields.offset ?? "0");
}

function batchOf(reading: Reading, reader: QueueReader | null, { messages, notices }: Found): Batch {
  const { cluster, group, topic } = reading;
  const [first] = messages;
  const next = reader?.next() ?? null;
  if (reader !== null && next !== null) reading.position = { ...reading.position, [keyOf(reader.place)]: String(next) };
  let decided = false;
  const decide = (): void => {
    if (decided) throw new Error("this batch was already accepted or released");
    decided = true;
  };
  return {
    deaths: reader === null ? [] : messages.map((message) => deathOf(topic, reader.place.broker, message)),
    ...(notices.length === 0 ? {} : { notices }),
    cursor: cursorOf(reading.position),
    async accept() {
      decide();
      if (reader === null || next === null || first === undefined) return;
      const { address, queueId } = reader.place;
      const wire = await cluster.broker(address);
      const answer = await wire.ask(REQUEST.updateConsumerOffset, { fields: { consumerGroup: group, topic, queueId: String(queueId), commitOffset: String(next) } });
      if (answer.code !== ANSWER.success) throw faultOfAnswer(answer);
    },
    async release() {
      decide();
      if (reader === null || first === undefined) return;
      reader.rewind(first.queueOffset);
      reading.position = { ...reading.position, [keyOf(reader.place)]: String(first.queueOffset) };
    },
  };
}
