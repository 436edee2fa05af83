import net, { isIP } from "node:net";
import tls from "node:tls";
import type { Admin, ISocketFactory, Kafka as KafkaClient, PartitionAssigner, PartitionMetadata, SASLOptions } from "kafkajs";
import type { z } from "zod";
import { before } from "#core/brokers/deadline.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import { Fault } from "#core/fault.ts";
import { kafkajs, whyNoPartitions } from "./client.ts";
import { learnCodecs } from "./codecs.ts";
import { faultOf } from "./faults.ts";

type Settings = z.infer<(typeof kafka)["settings"]>;

export type Cluster = {
  readonly kafka: KafkaClient;
  readonly admin: Admin;
  readonly known: Known;
  /** Reads without a group, and asks of many topics at once. */
  reader(): Promise<Reader>;
  /** Rejects with the Fault that ended it; never resolves. */
  readonly lost: Promise<never>;
  /** Ends with the cluster. */
  readonly ended: AbortSignal;
  /** Disconnects what was opened by it, without waiting for a network that is silent. Answers how to take that back. */
  onClose(close: () => Promise<unknown>): () => void;
  close(): void;
};

/** kafkajs's own client of a cluster. */
type Reader = Parameters<PartitionAssigner>[0]["cluster"];

type Partition = { readonly partition: number; readonly leader: number };
/** Topics as they were a moment ago, so that publishing does not ask each time. */
type Known = { partitions(topic: string): Promise<readonly Partition[]> };

const KEEP_ALIVE_MS = 60_000;
const KNOWN_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
const LOOK_DEADLINE_MS = 4_000;

/** Connects, proves the login and keeps looking whether the cluster answers. Throws Fault. */
export async function openCluster(name: string, settings: Settings, secrets: { readonly password: string }, signal: AbortSignal): Promise<Cluster> {
  learnCodecs();
  const refused: Fault[] = [];
  const client = new kafkajs.Kafka({
    clientId: name,
    brokers: settings.brokers.split(/[\s,]+/).filter((address) => address !== ""),
    ...(settings.tls ? { ssl: true } : {}),
    socketFactory: socketsTelling((fault) => refused.push(fault)),
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
    // kafkajs tries again and tells the last error only, which may be that the server had enough of it
    throw refused[0] ?? faultOf(error);
  }
  const onClose: Cluster["onClose"] = (each) => {
    closing.add(each);
    return () => closing.delete(each);
  };
  let reading: Promise<Reader> | null = null;
  const reader = (): Promise<Reader> => {
    reading ??= openReader(client, onClose);
    reading.catch(() => (reading = null));
    return reading;
  };
  return { kafka: client, admin, known: knownTopics(admin), reader, lost: lost.promise, ended: ending.signal, onClose, close };
}

/** kafkajs hands its inner client to whoever assigns partitions; the consumer itself never runs. */
async function openReader(client: KafkaClient, onClose: Cluster["onClose"]): Promise<Reader> {
  const given: Reader[] = [];
  const assigner: PartitionAssigner = (config) => {
    given.push(config.cluster);
    return kafkajs.PartitionAssigners.roundRobin(config);
  };
  const consumer = client.consumer({ groupId: "redrive-reads-without-a-group", allowAutoTopicCreation: false, partitionAssigners: [assigner], retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 } });
  onClose(() => consumer.disconnect());
  await consumer.connect();
  const [reader] = given;
  if (reader === undefined) throw new Error("kafkajs gave no client to its assigner");
  return reader;
}

/** As kafkajs makes them; tells of certificates that nobody vouches for. */
const socketsTelling =
  (tell: (fault: Fault) => void): ISocketFactory =>
  ({ host, port, ssl, onConnect }) => {
    const socket = ssl ? tls.connect({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect) : net.connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    return socket.on("error", (error) => {
      const fault = faultOf(error);
      if (fault.code === "unauthorised") tell(fault);
    });
  };

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

/** The partitions of a topic; the leader is -1 where there is none. Throws Fault, `not_found` for a missing topic. */
export async function partitionsOf(admin: Admin, topic: string): Promise<Partition[]> {
  let partitions: readonly PartitionMetadata[];
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    partitions = topics.find(({ name }) => name === topic)?.partitions ?? [];
  } catch (error) {
    throw faultOf(error);
  }
  if (partitions.length === 0) throw topicFault(topic, partitions);
  return partitions.map(({ partitionId, leader }) => ({ partition: partitionId, leader }));
}

/** Why a topic has no partitions to use. */
export function topicFault(topic: string, partitions: readonly unknown[]): Fault {
  const why = whyNoPartitions(partitions);
  if (why === "TOPIC_AUTHORIZATION_FAILED") return new Fault("unauthorised", `this login may not see the topic ${topic}`);
  return why === "INVALID_TOPIC_EXCEPTION" ? new Fault("invalid", `${topic} is no name for a topic`) : new Fault("not_found", `there is no topic ${topic}`);
}
