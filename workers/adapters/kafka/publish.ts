import kafkajs, { type ICustomPartitioner, type Message, type Producer } from "kafkajs";
import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import type { Cluster } from "./cluster.ts";
import { faultOf, surelyNotAppended } from "./faults.ts";
import { recordOf } from "./record.ts";

type Target = { readonly topic: string; readonly partition: number | null };
/** One partition's part of what is published: it is appended whole or not at all. */
type Part = { readonly partition: number; readonly records: { readonly at: number; readonly record: Message; readonly bytes: number }[] };

const MAX_RECORDS = 500;
/** Below the broker's usual message.max.bytes, so that records fit together that fit alone. */
const MAX_BYTES = 900_000;

/** A producer that writes each record once, whatever is sent again within its session. Throws Fault. */
export async function openProducer({ kafka, onClose }: Cluster): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 },
  });
  onClose(() => producer.disconnect());
  await producer.connect();
  return producer;
}

/**
 * Produces with acks=all, by partition: to the one that is named, to the message's own where the topic has as many
 * partitions as the one it came from, else by its key as Java's producers choose. One outcome a message, in order.
 */
export async function publish(cluster: Cluster, producer: Producer, messages: readonly Outgoing[], target: Target, signal: AbortSignal): Promise<readonly PublishOutcome[]> {
  const outcomes = new Map<number, PublishOutcome>();
  for (const [at, { headers }] of messages.entries()) {
    // kafkajs 2.2.4 fails over a header without a value, and would take its neighbours along
    const without = headers.find(({ value }) => value.t === "void");
    if (without !== undefined) outcomes.set(at, { status: "refused", fault: new Fault("unsupported", `the client can not write a header without a value: give ${without.name} one, or remove it`) });
  }
  let parts: Part[];
  try {
    parts = await split(cluster, messages, target, outcomes);
  } catch (error) {
    const fault = faultOf(error);
    return messages.map(() => ({ status: "refused", fault }));
  }
  for (const part of parts) await sendPart(producer, target.topic, part, signal, outcomes);
  return messages.map((_, at) => outcomes.get(at) ?? { status: "unknown", fault: new Fault("internal", "no outcome was recorded") });
}

async function split({ known }: Cluster, messages: readonly Outgoing[], { topic, partition }: Target, refused: ReadonlyMap<number, PublishOutcome>): Promise<Part[]> {
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
    const to = partition ?? (await keptPartition(known, message, there.length, counts)) ?? choose({ topic, partitionMetadata: metadata, message: record });
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
async function keptPartition(known: Cluster["known"], { native }: Outgoing, count: number, counts: Map<string, number>): Promise<number | null> {
  if (native.transport !== "kafka" || native.partition >= count) return null;
  let own = counts.get(native.queue);
  if (own === undefined) {
    own = (await known.partitions(native.queue).catch(() => [])).length;
    counts.set(native.queue, own);
  }
  return own === count ? native.partition : null;
}

async function sendPart(producer: Producer, topic: string, part: Part, signal: AbortSignal, outcomes: Map<number, PublishOutcome>): Promise<void> {
  const tell = (outcome: PublishOutcome): void => {
    for (const { at } of part.records) outcomes.set(at, outcome);
  };
  if (signal.aborted) return tell({ status: "refused", fault: new Fault("timeout", "stopped before it was sent") });
  try {
    const messages = part.records.map(({ record }) => ({ ...record, partition: part.partition }));
    const [appended] = await before(producer.send({ topic, acks: -1, messages }), signal, "stopped before the broker answered");
    const base = BigInt(appended?.baseOffset ?? "-1");
    for (const [index, { at }] of part.records.entries()) outcomes.set(at, { status: "confirmed", receipt: base < 0n ? null : `${topic}-${part.partition}@${base + BigInt(index)}` });
  } catch (error) {
    const fault = faultOf(error);
    // one that is too large or refused takes its whole batch with it
    if (part.records.length > 1 && surelyNotAppended(error) && fault.code !== "not_found") {
      const half = part.records.length >> 1;
      await sendPart(producer, topic, { ...part, records: part.records.slice(0, half) }, signal, outcomes);
      return sendPart(producer, topic, { ...part, records: part.records.slice(half) }, signal, outcomes);
    }
    tell({ status: surelyNotAppended(error) ? "refused" : "unknown", fault });
  }
}
