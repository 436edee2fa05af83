import type { z } from "zod";
import type { rocketmq } from "#core/brokers/rocketmq.ts";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import { ANSWER, REQUEST } from "./codes.ts";
import { faultOf, faultOfAnswer } from "./faults.ts";
import { parseLooseJson, type Command } from "./frame.ts";
import { openWire, type Ask, type Login, type Wire } from "./wire.ts";

type Settings = z.infer<(typeof rocketmq)["settings"]>;

/** A topic's queues on one broker that is its master. */
export type TopicPart = { readonly broker: string; readonly address: string; readonly readQueues: number; readonly writeQueues: number; readonly perm: number };

export type Cluster = {
  /** Asks a name server, the first that answers. Throws Fault, for an answer other than success too. */
  askName(code: number, ask?: Ask): Promise<Command>;
  /** The open connection to a broker, made if there is none. Throws Fault. */
  broker(address: string): Promise<Wire>;
  /** Where a topic lies; asked anew after ten seconds. Throws Fault, `not_found` for a missing one. */
  parts(topic: string): Promise<readonly TopicPart[]>;
  /** The addresses of all masters the name server knows. Throws Fault. */
  masters(): Promise<readonly string[]>;
  /** Resolves when every broker that can be reached takes the login. Throws Fault. */
  greet(): Promise<void>;
  /** Rejects with the Fault that ended it; never resolves. */
  readonly lost: Promise<never>;
  /** Ends with the cluster. */
  readonly ended: AbortSignal;
  close(): void;
};

const CONNECT_MS = 5_000;
const KNOWN_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
const LOOK_DEADLINE_MS = 4_000;
/** A broker's master has this id among its addresses. */
const MASTER = "0";

/** Finds the brokers, proves the login at each and keeps looking whether those we talk to answer. Throws Fault. */
export async function openCluster(name: string, settings: Settings, secrets: { readonly accessSecret: string }, signal: AbortSignal): Promise<Cluster> {
  const options = { tls: settings.tls, login: { accessKey: settings.accessKey, accessSecret: secrets.accessSecret } satisfies Login, timeoutMs: CONNECT_MS };
  const clientId = `${name}@${process.pid}`;
  const wires = new Map<string, Promise<Wire>>();
  const known = new Map<string, { readonly parts: readonly TopicPart[]; readonly at: number }>();
  const ending = new AbortController();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const close = (): void => {
    if (ending.signal.aborted) return;
    clearInterval(look);
    ending.abort();
    for (const wire of wires.values()) void wire.then((open) => open.close(), () => {});
  };
  const fail = (error: unknown): void => {
    if (ending.signal.aborted) return;
    close();
    lost.reject(faultOf(error));
  };
  const wireTo = async (address: string): Promise<Wire> => {
    const there = wires.get(address);
    const open = there === undefined ? null : await there.catch(() => null);
    if (open !== null && open.ended() === null) return open;
    if (ending.signal.aborted) throw new Fault("unreachable", "the session was closed");
    if (wires.get(address) !== there) return wireTo(address);
    const opening = openWire(address, options);
    wires.set(address, opening);
    opening.catch(() => {});
    const wire = await opening;
    if (ending.signal.aborted) wire.close();
    return wire;
  };
  const brokers = new Set<string>();
  const broker = async (address: string): Promise<Wire> => {
    const wire = await wireTo(address);
    if (!brokers.has(address)) {
      brokers.add(address);
      // the end of any broker's connection ends the session: the caller opens it anew, with the brokers that are left
      wire.lost.catch(fail);
    }
    return wire;
  };
  const askName = async (code: number, ask: Ask = {}): Promise<Command> => {
    let fault = new Fault("invalid", "no name server is named");
    for (const address of settings.nameServer.split(/[;,\s]+/)) {
      try {
        const wire = await wireTo(address);
        // a connection that is idle for two minutes is closed by the other side, perhaps at this moment
        const answer = await wire.ask(code, ask).catch(async (error: unknown) => (wire.ended() === null ? Promise.reject(error) : (await wireTo(address)).ask(code, ask)));
        if (answer.code === ANSWER.success) return answer;
        throw faultOfAnswer(answer);
      } catch (error) {
        fault = faultOf(error);
        if (fault.code !== "unreachable" && fault.code !== "timeout") throw fault;
      }
    }
    throw fault;
  };
  const beat = async (address: string): Promise<Command> => {
    const body = Buffer.from(JSON.stringify({ clientID: clientId, producerDataSet: [], consumerDataSet: [] }));
    return (await broker(address)).ask(REQUEST.heartBeat, { body, timeoutMs: LOOK_DEADLINE_MS });
  };
  const greetAt = async (address: string): Promise<void> => {
    const answer = await beat(address);
    if (answer.code !== ANSWER.success) throw faultOfAnswer(answer);
  };
  const masters = async (): Promise<readonly string[]> => mastersOf((await askName(REQUEST.clusterInfo)).body);
  const greet = async (): Promise<void> => {
    const addresses = await masters();
    if (addresses.length === 0) throw new Fault("unreachable", "the name server knows no broker");
    const greeted = await Promise.allSettled(addresses.map(greetAt));
    const failed = greeted.filter((each) => each.status === "rejected").map(({ reason }) => faultOf(reason));
    // a name server lists a broker that died for two minutes more: one that answers is enough, a refused login is not
    const refused = failed.find(({ code }) => code === "unauthorised") ?? (failed.length === addresses.length ? failed[0] : undefined);
    if (refused !== undefined) throw refused;
  };
  const parts = async (topic: string): Promise<readonly TopicPart[]> => {
    const there = known.get(topic);
    if (there !== undefined && performance.now() - there.at < KNOWN_MS) return there.parts;
    known.delete(topic);
    const found = await routeOf(askName, topic);
    known.set(topic, { parts: found, at: performance.now() });
    return found;
  };
  let looking = false;
  const look = setInterval(() => {
    if (looking) return;
    looking = true;
    // any answer will do: one that is busy is there
    Promise.all([...brokers].map(beat)).catch(fail).finally(() => (looking = false));
  }, LOOK_EVERY_MS);
  look.unref();
  try {
    await before(greet(), signal, "the cluster did not answer in time");
  } catch (error) {
    close();
    throw faultOf(error);
  }
  return { askName, broker, parts, masters, greet, lost: lost.promise, ended: ending.signal, close };
}

type Addresses = Readonly<Record<string, string>>;

function mastersOf(body: Buffer): string[] {
  const { brokerAddrTable = {} } = parseLooseJson(body) as { brokerAddrTable?: Record<string, { brokerAddrs?: Addresses }> };
  return Object.values(brokerAddrTable).flatMap(({ brokerAddrs }) => brokerAddrs?.[MASTER] ?? []);
}

type Route = {
  readonly queueDatas?: readonly { readonly brokerName: string; readonly readQueueNums: number; readonly writeQueueNums: number; readonly perm: number }[];
  readonly brokerDatas?: readonly { readonly brokerName: string; readonly brokerAddrs?: Addresses }[];
};

async function routeOf(askName: Cluster["askName"], topic: string): Promise<TopicPart[]> {
  let body: Buffer;
  try {
    ({ body } = await askName(REQUEST.routeOfTopic, { fields: { topic, acceptStandardJsonOnly: "true" } }));
  } catch (error) {
    const fault = faultOf(error);
    throw fault.code === "not_found" ? new Fault("not_found", `there is no topic ${topic}`) : fault;
  }
  const { queueDatas = [], brokerDatas = [] } = parseLooseJson(body) as Route;
  const parts = queueDatas.flatMap(({ brokerName, readQueueNums, writeQueueNums, perm }): TopicPart[] => {
    const address = brokerDatas.find((each) => each.brokerName === brokerName)?.brokerAddrs?.[MASTER];
    return address === undefined ? [] : [{ broker: brokerName, address, readQueues: readQueueNums, writeQueues: writeQueueNums, perm }];
  });
  if (parts.length === 0) throw new Fault("unreachable", `no broker that is up has the topic ${topic}`);
  return parts.toSorted((a, b) => (a.broker < b.broker ? -1 : 1));
}
