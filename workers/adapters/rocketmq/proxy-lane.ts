import { Producer } from "rocketmq-client-nodejs";
import type { z } from "zod";
import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { rocketmq } from "#core/brokers/rocketmq.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { faultOf, proxyVerdict } from "./faults.ts";

/** Sends through the 5.x proxy with Apache's client, what that can carry. */
export type ProxyLane = {
  send(message: Outgoing, properties: ReadonlyMap<string, string>, topic: string, signal: AbortSignal): Promise<PublishOutcome>;
  close(): void;
};

const START_MS = 8_000;
const ANSWER_MS = 10_000;
/** A producer keeps a stream and beats; those of topics that were sent to long ago are closed. */
const MAX_PRODUCERS = 16;
const SILENT = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

type Settings = z.infer<(typeof rocketmq)["settings"]>;

/** A producer a topic: once it has started it knows the way, and what fails after that is the send itself. */
export function proxyLane({ proxy, accessKey, tls }: Settings, accessSecret: string): ProxyLane {
  const producers = new Map<string, Promise<Producer>>();
  const stop = (producer: Promise<Producer>): void => void producer.then((each) => each.shutdown()).catch(() => {});
  const start = async (topic: string): Promise<Producer> => {
    const producer = new Producer({
      endpoints: proxy,
      namespace: "",
      sslEnabled: tls,
      ...(accessKey === "" ? {} : { sessionCredentials: { accessKey, accessSecret } }),
      requestTimeout: ANSWER_MS,
      logger: SILENT,
      topics: [topic],
      // its own tries again would send twice what may have arrived
      maxAttempts: 1,
    });
    try {
      await before(producer.startup(), AbortSignal.timeout(START_MS), `the proxy ${proxy} did not answer within ${START_MS} ms`);
      return producer;
    } catch (error) {
      void producer.shutdown().catch(() => {});
      throw error;
    }
  };
  const producerFor = (topic: string): Promise<Producer> => {
    const there = producers.get(topic);
    if (there !== undefined) return there;
    const starting = start(topic);
    producers.set(topic, starting);
    starting.catch(() => producers.delete(topic));
    const [oldest] = producers.keys();
    const old = oldest === undefined || producers.size <= MAX_PRODUCERS ? undefined : producers.get(oldest);
    if (oldest !== undefined && old !== undefined) {
      producers.delete(oldest);
      stop(old);
    }
    return starting;
  };
  return {
    async send(message, properties, topic, signal) {
      let producer: Producer;
      try {
        producer = await before(producerFor(topic), signal, "stopped before the proxy answered");
      } catch (error) {
        return { status: "refused", fault: startFault(error) };
      }
      try {
        const { offset } = await before(producer.send({ topic, body: Buffer.from(message.body), ...partsOf(properties) }), signal, "stopped before the proxy answered");
        return { status: "confirmed", receipt: `${topic}@${offset}` };
      } catch (error) {
        return proxyVerdict(error);
      }
    },
    close() {
      for (const producer of producers.values()) stop(producer);
      producers.clear();
    },
  };
}

/** The client wraps what happened when it could not start. */
function startFault(error: unknown): Fault {
  let inner = error;
  while (inner instanceof Error && !(inner instanceof Fault) && inner.cause instanceof Error) inner = inner.cause;
  const verdict = proxyVerdict(inner);
  return verdict.status === "confirmed" ? faultOf(inner) : verdict.fault;
}

function partsOf(properties: ReadonlyMap<string, string>): { tag?: string; keys?: string[]; properties: Map<string, string> } {
  const others = new Map(properties);
  const [tag, keys] = [others.get("TAGS"), others.get("KEYS")];
  others.delete("TAGS");
  others.delete("KEYS");
  return { ...(tag === undefined ? {} : { tag }), ...(keys === undefined ? {} : { keys: keys.split(" ") }), properties: others };
}
