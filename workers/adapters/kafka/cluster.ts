import type { Admin, Kafka as KafkaClient, SASLOptions } from "kafkajs";
import type { z } from "zod";
import { before } from "#core/brokers/deadline.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import { Fault } from "#core/fault.ts";
import { kafkajs } from "./client.ts";
import { learnCodecs } from "./codecs.ts";
import { faultOf } from "./faults.ts";

type Settings = z.infer<(typeof kafka)["settings"]>;

export type Cluster = {
  readonly kafka: KafkaClient;
  readonly admin: Admin;
  readonly known: Known;
  /** Rejects with the Fault that ended it; never resolves. */
  readonly lost: Promise<never>;
  /** Ends with the cluster. */
  readonly ended: AbortSignal;
  /** Disconnects what was opened by it, without waiting for a network that is silent. Answers how to take that back. */
  onClose(close: () => Promise<unknown>): () => void;
  close(): void;
};

type Partition = { readonly partition: number; readonly leader: number };
/** Topics as they were a moment ago, so that publishing does not ask each time. */
type Known = { partitions(topic: string): Promise<readonly Partition[]> };

const KNOWN_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
const LOOK_DEADLINE_MS = 4_000;

/** Connects, proves the login and keeps looking whether the cluster answers. Throws Fault. */
export async function openCluster(name: string, settings: Settings, secrets: { readonly password: string }, signal: AbortSignal): Promise<Cluster> {
  learnCodecs();
  const client = new kafkajs.Kafka({
    clientId: name,
    brokers: settings.brokers.split(/[\s,]+/).filter((address) => address !== ""),
    ...(settings.tls ? { ssl: true } : {}),
    ...saslOf(settings, secrets.password),
    connectionTimeout: 5_000,
    authenticationTimeout: 5_000,
    requestTimeout: 5_000,
    enforceRequestTimeout: true,
    // kafkajs's own retries hide trouble for a minute; the caller opens again
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  const ending = new AbortController();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const closing = new Set<() => Promise<unknown>>([() => admin.disconnect()]);
  const close = (): void => {
    if (ending.signal.aborted) return;
    clearInterval(look);
    ending.abort();
    for (const each of closing) each().catch(() => undefined);
  };
  let looking = false;
  const look = setInterval(() => {
    if (looking) return;
    looking = true;
    before(admin.describeCluster(), AbortSignal.timeout(LOOK_DEADLINE_MS), "the cluster does not answer")
      .catch((error: unknown) => {
        if (ending.signal.aborted) return;
        close();
        lost.reject(faultOf(error));
      })
      .finally(() => (looking = false));
  }, LOOK_EVERY_MS);
  look.unref();
  try {
    await before(greet(admin), signal, "the cluster did not answer in time");
  } catch (error) {
    close();
    throw faultOf(error);
  }
  return { kafka: client, admin, known: knownTopics(admin), lost: lost.promise, ended: ending.signal, onClose: (each) => {
      closing.add(each);
      return () => closing.delete(each);
    }, close };
}

async function greet(admin: Admin): Promise<void> {
  await admin.connect();
  await admin.describeCluster();
}

function saslOf({ saslMechanism, username }: Settings, password: string): { sasl?: SASLOptions } {
  return saslMechanism === "none" ? {} : { sasl: { mechanism: saslMechanism, username, password } };
}

function knownTopics(admin: Admin): Known {
  const seen = new Map<string, { readonly partitions: readonly Partition[]; readonly at: number }>();
  return {
    async partitions(topic) {
      const known = seen.get(topic);
      if (known !== undefined && performance.now() - known.at < KNOWN_MS) return known.partitions;
      seen.delete(topic);
      const partitions = await partitionsOf(admin, topic);
      seen.set(topic, { partitions, at: performance.now() });
      return partitions;
    },
  };
}

/** The partitions of a topic. Throws Fault, `not_found` for a missing one. */
export async function partitionsOf(admin: Admin, topic: string): Promise<Partition[]> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return (topics[0]?.partitions ?? []).map(({ partitionId, leader }) => ({ partition: partitionId, leader }));
  } catch (error) {
    const fault = faultOf(error);
    throw fault.code === "not_found" ? new Fault("not_found", `there is no topic ${topic}`) : fault;
  }
}
