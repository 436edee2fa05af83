import type { z } from "zod";
import { before } from "#core/brokers/deadline.ts";
import type { pulsar } from "#core/brokers/pulsar.ts";
import type { Fault } from "#core/fault.ts";
import { faultOf } from "./faults.ts";
import { openProducer, type Producer } from "./producer.ts";
import { authorization, restAt, type Rest } from "./rest.ts";
import { openSocket, type Socket } from "./socket.ts";
import { pathOf } from "./topic.ts";

type Settings = z.infer<(typeof pulsar)["settings"]>;

export type Connection = {
  readonly rest: Rest;
  /** `tenant/namespace` each. */
  readonly namespaces: readonly string[];
  /** Redrive's own, on every topic it captures. */
  readonly subscription: string;
  /** A consumer of Redrive's subscription, open, that has been asked for nothing. Throws Fault. */
  consumer(topic: string, consumerName: string, hear: (text: string) => void): Promise<Socket>;
  /** Runs `check` of a topic unless it went well a moment ago. Throws what it throws. */
  checked(topic: string, check: () => Promise<void>): Promise<void>;
  /** The producer of a topic, opened when it is asked for first. Throws Fault. */
  producer(topic: string, signal: AbortSignal): Promise<Producer>;
  /** Proves that the login may list. Throws Fault. */
  ping(signal: AbortSignal): Promise<void>;
  /** What ended it, or null. */
  fault(): Fault | null;
  /** Rejects with the Fault that ended it; never resolves. */
  readonly lost: Promise<never>;
  close(): Promise<void>;
};

const LOOK_EVERY_MS = 1_000;
const LOOK_DEADLINE_MS = 4_000;
const LATE = "Pulsar did not answer in time";
/** For how long a topic counts as looked at, so that publishing does not ask each time. */
const CHECKED_MS = 5_000;
/** Messages the service holds ready for us. */
const QUEUE = 500;

/** Reaches the web service, proves the login and keeps looking whether it answers. Throws Fault. */
export async function connect(settings: Settings, token: string, signal: AbortSignal): Promise<Connection> {
  const rest = restAt(settings.webServiceUrl, token);
  const webSocketUrl = (settings.webSocketUrl || settings.webServiceUrl.replace(/^http/, "ws")).replace(/\/+$/, "");
  const namespaces = settings.namespaces.split(/[\s,]+/).filter((name) => name !== "");
  const [first = "public/default"] = namespaces;
  // the shortest answer for which a login has to be good
  const ask = (stop: AbortSignal): Promise<unknown> => rest.get(`persistent/${first.split("/").map(encodeURIComponent).join("/")}/partitioned`, stop);
  await before(ask(signal), signal, LATE);

  const ending = new AbortController();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  let fault: Fault | null = null;
  const producers = new Map<string, Promise<Producer>>();
  const checkedAt = new Map<string, number>();
  const end = (why: Fault): void => {
    if (ending.signal.aborted) return;
    fault = why;
    clearInterval(look);
    ending.abort();
    lost.reject(why);
  };
  let looking = false;
  const look = setInterval(() => {
    if (looking) return;
    looking = true;
    before(ask(ending.signal), AbortSignal.timeout(LOOK_DEADLINE_MS), "Pulsar's web service does not answer any more")
      .catch((error: unknown) => {
        const why = faultOf(error);
        if (why.code !== "throttled") end(why);
      })
      .finally(() => (looking = false));
  }, LOOK_EVERY_MS);
  look.unref();

  const open = async (path: string, query: Record<string, string>, hear: (text: string) => void, stop: AbortSignal): Promise<Socket> => {
    if (fault !== null) throw fault;
    try {
      const url = `${webSocketUrl}/ws/v2/${path}?${new URLSearchParams(query)}`;
      return await openSocket(url, authorization(token), hear, stop);
    } catch (error) {
      throw fault ?? faultOf(error);
    }
  };
  return {
    rest,
    namespaces,
    subscription: settings.subscription,
    consumer: (topic, consumerName, hear) =>
      open(
        `consumer/${pathOf(topic)}/${encodeURIComponent(settings.subscription)}`,
        {
          subscriptionType: "Shared",
          // of partitions that are added later
          subscriptionInitialPosition: "Earliest",
          pullMode: "true",
          receiverQueueSize: String(QUEUE),
          // what it can not decrypt comes as it is instead of never
          cryptoFailureAction: "CONSUME",
          consumerName,
        },
        hear,
        ending.signal,
      ),
    checked: async (topic, check) => {
      if (performance.now() - (checkedAt.get(topic) ?? Number.NEGATIVE_INFINITY) < CHECKED_MS) return;
      checkedAt.delete(topic);
      await check();
      checkedAt.set(topic, performance.now());
    },
    producer: async (topic, stop) => {
      const known = producers.get(topic);
      if (known !== undefined && (await known.catch(() => null))?.isOpen() === true) return known;
      const query = { messageRoutingMode: "RoundRobinPartition", sendTimeoutMillis: "8000" };
      const opening = openProducer((hear) => open(`producer/${pathOf(topic)}`, query, hear, AbortSignal.any([ending.signal, stop])));
      producers.set(topic, opening);
      return opening;
    },
    ping: async (stop) => void (await before(ask(stop), stop, LATE)),
    fault: () => fault,
    lost: lost.promise,
    close: async () => {
      clearInterval(look);
      await Promise.all([...producers.values()].map((producer) => producer.then((each) => each.close()).catch(() => undefined)));
      ending.abort();
    },
  };
}
