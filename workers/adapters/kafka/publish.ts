import type { ICustomPartitioner, Message } from "kafkajs";
import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { kafkajs } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { faultOf } from "./faults.ts";
import { recordOf } from "./record.ts";
import type { Writer } from "./writer.ts";

type Target = { readonly topic: string; readonly partition: number | null };
/** One partition's part of what is published: it is appended whole or not at all. */
type Part = { readonly partition: number; readonly records: { readonly at: number; readonly record: Message; readonly bytes: number }[] };

const MAX_RECORDS = 500;
/** Below the broker's usual message.max.bytes, so that records fit together that fit alone. */
const MAX_BYTES = 900_000;

type Publishing = Pick<Cluster, "known"> & { readonly writer: Writer };

/**
 * Produces with acks=all, by partition: to the one that is named, to the message's own where the topic has as many
 * partitions as the one it came from, else by its key as Java's producers choose. One outcome a message, in order.
 */
export async function publish({ known, writer }: Publishing, messages: readonly Outgoing[], target: Target, signal: AbortSignal): Promise<readonly PublishOutcome[]> {
  const outcomes = new Map<number, PublishOutcome>();
  for (const [at, { native, body }] of messages.entries()) {
    // without its content it would be a tombstone, which deletes the key's record where the topic is compacted
    const empty = native.transport === "kafka" && native.pointer !== undefined && native.pointer.record !== "found" && body.length === 0;
    if (empty) outcomes.set(at, { status: "refused", fault: new Fault("invalid", "only the pointer to this record is left: give it a body") });
  }
  let parts: Part[];
  try {
    parts = await split(known, messages, target, outcomes);
  } catch (error) {
    const fault = faultOf(error);
    return messages.map(() => ({ status: "refused", fault }));
  }
  for (const part of parts) await sendPart(writer, target.topic, part, signal, outcomes);
  return messages.map((_, at) => outcomes.get(at) ?? { status: "unknown", fault: new Fault("internal", "no outcome was recorded") });
}

async function split(known: Cluster["known"], messages: readonly Outgoing[], { topic, partition }: Target, refused: ReadonlyMap<number, PublishOutcome>): Promise<Part[]> {
  const there = await known.partitions(topic);
  if (partition !== null && !there.some((each) => each.partition === partition)) throw new Fault("not_found", `the topic ${topic} has no partition ${partition}`);
  const metadata = there.map((each) => ({ partitionId: each.partition, leader: each.leader, replicas: [], isr: [], partitionErrorCode: 0 }));
  const choose = kafkajs.Partitioners.DefaultPartitioner() as ReturnType<ICustomPartitioner>;
  const counts = new Map([[topic, there.length]]);
  const parts: Part[] = [];
  const open = new Map<number, { part: Part; bytes: number }>();
  for (const [at, message] of messages.entries()) {
    if (refused.has(at)) continue;
    const record = recordOf(message);
    const to = partition ?? (await keptPartition(known, message, topic, there.length, counts)) ?? choose({ topic, partitionMetadata: metadata, message: record });
    const bytes = (record.value?.length ?? 0) + (record.key?.length ?? 0) + 1_000;
    let current = open.get(to);
    if (current === undefined || current.part.records.length >= MAX_RECORDS || current.bytes + bytes > MAX_BYTES) {
      current = { part: { partition: to, records: [] }, bytes: 0 };
      open.set(to, current);
      parts.push(current.part);
    }
    current.part.records.push({ at, record, bytes });
    current.bytes += bytes;
  }
  return parts;
}

/** The partition it was captured from, which is its origin's by every convention, while both topics have as many. */
async function keptPartition(known: Cluster["known"], { native }: Outgoing, topic: string, count: number, counts: Map<string, number>): Promise<number | null> {
  if (native.transport !== "kafka") return null;
  // a share group's letter tells where the record itself lay
  if (native.pointer?.topic === topic) return native.pointer.partition < count ? native.pointer.partition : null;
  if (native.partition >= count) return null;
  let own = counts.get(native.queue);
  if (own === undefined) {
    own = (await known.partitions(native.queue).catch(() => [])).length;
    counts.set(native.queue, own);
  }
  return own === count ? native.partition : null;
}

async function sendPart(writer: Writer, topic: string, part: Part, signal: AbortSignal, outcomes: Map<number, PublishOutcome>): Promise<void> {
  const { partition, records } = part;
  const written = await writer.append(topic, partition, records.map(({ record }) => record), signal);
  if (written.status === "appended") {
    for (const [index, { at }] of records.entries()) outcomes.set(at, { status: "confirmed", receipt: written.base === null ? null : `${topic}-${partition}@${written.base + BigInt(index)}` });
    return;
  }
  // one that is too large or invalid takes its whole part with it
  if (records.length > 1 && written.status === "refused" && ["too_large", "invalid"].includes(written.fault.code)) {
    const half = records.length >> 1;
    await sendPart(writer, topic, { partition, records: records.slice(0, half) }, signal, outcomes);
    return sendPart(writer, topic, { partition, records: records.slice(half) }, signal, outcomes);
  }
  for (const { at } of records) outcomes.set(at, written);
}
