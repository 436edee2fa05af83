import type { Broker, KafkaMessage } from "kafkajs";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import { topicFault, type Cluster } from "./cluster.ts";
import { faultOf, isOutOfRange, isPassing } from "./faults.ts";

/** Where a record lies. */
export type Address = { readonly topic: string; readonly partition: number; readonly offset: string };
/** `gone`: it is surely not there. `unreadable`: it may be there, and can not be read; why is in the fault. */
type Looked = { readonly record: "found"; readonly message: KafkaMessage } | { readonly record: "gone" } | { readonly record: "unreadable"; readonly fault: Fault };

/** Looks up a single record by its offset. Throws Fault when the cluster can not be reached, or `signal` aborts. */
export type SourceRecords = (address: Address, signal: AbortSignal) => Promise<Looked>;

const WAIT_MS = 500;
/** One answer; a batch that is larger comes whole all the same. */
const FETCH_BYTES = 1024 * 1024;
const DEADLINE_MS = 10_000;
const TRIES = 3;
const PAUSE_MS = 200;
/** A share group has met records of open and of aborted transactions too. */
const READ_UNCOMMITTED = 0;

type Read = { readonly offset: bigint; readonly messages: readonly KafkaMessage[] };

/** Reads by topic, partition and offset, without a group. The last answer is kept: pointers to neighbours cost one fetch. */
export function sourceRecords({ reader }: Pick<Cluster, "reader">): SourceRecords {
  let last: (Read & { readonly at: string }) | null = null;
  const read = async ({ topic, partition, offset }: Address): Promise<Read> => {
    const inner = await reader();
    await inner.addTargetTopic(topic);
    const partitions = inner.findTopicPartitionMetadata(topic);
    if (partitions.length === 0) throw topicFault(topic, partitions);
    const leader = partitions.find(({ partitionId }) => partitionId === partition)?.leader;
    if (leader === undefined) throw new Fault("not_found", `${topic} has no partition ${partition}`);
    if (leader < 0) throw new Fault("blocked", `partition ${partition} of ${topic} has no leader`);
    const broker = await inner.findBroker({ nodeId: String(leader) });
    return { offset: BigInt(offset), messages: messagesIn(await broker.fetch(request(topic, partition, offset))) };
  };
  const patiently = async (address: Address, signal: AbortSignal): Promise<Read> => {
    for (let tries = 1; ; tries++)
      try {
        return await before(read(address), AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]), "the cluster did not answer in time");
      } catch (error) {
        if (tries === TRIES || signal.aborted || !isPassing(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
        await (await reader()).refreshMetadata().catch(() => undefined);
      }
  };
  return async (address, signal) => {
    const at = `${address.topic}-${address.partition}`;
    const wanted = BigInt(address.offset);
    try {
      if (last?.at !== at || last.offset > wanted || BigInt(last.messages.at(-1)?.offset ?? "-1") < wanted) last = { at, ...(await patiently(address, signal)) };
    } catch (error) {
      last = null;
      if (isOutOfRange(error)) return { record: "gone" };
      const fault = faultOf(error);
      if (isPassing(fault)) throw fault;
      return fault.code === "not_found" ? { record: "gone" } : { record: "unreadable", fault };
    }
    const message = last.messages.find(({ offset }) => BigInt(offset) === wanted);
    if (message !== undefined) return isControl(message) ? { record: "gone" } : { record: "found", message };
    // what comes after it is there, so compaction or a transaction's marker took its place
    if (last.messages.length > 0) return { record: "gone" };
    return { record: "unreadable", fault: new Fault("timeout", `${at} gave nothing at ${address.offset}`) };
  };
}

const request = (topic: string, partition: number, fetchOffset: string): Parameters<Broker["fetch"]>[0] => ({
  isolationLevel: READ_UNCOMMITTED,
  maxWaitTime: WAIT_MS,
  minBytes: 1,
  maxBytes: FETCH_BYTES,
  topics: [{ topic, partitions: [{ partition, fetchOffset, maxBytes: FETCH_BYTES }] }],
});

/** kafkajs's types say nothing of the answer. */
const messagesIn = (answer: { readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly KafkaMessage[] }[] }[] }): readonly KafkaMessage[] =>
  answer.responses.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages));

const isControl = (message: KafkaMessage & { readonly isControlRecord?: boolean }): boolean => message.isControlRecord === true;
