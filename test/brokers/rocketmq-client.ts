import { messagesIn, type StoredMessage } from "#workers/adapters/rocketmq/message.ts";
import { openWire, type Wire } from "#workers/adapters/rocketmq/wire.ts";
import type { Command } from "#workers/adapters/rocketmq/frame.ts";
import { eventually } from "../eventually.ts";
import type { RocketMqAddress } from "./rocketmq.ts";

const HEART_BEAT = 34;
const PULL = 11;
const MAX_OFFSET = 30;
const SEND_BACK = 36;
const SEND = 310;
const MAKE_TOPIC = 17;
const DELETE_TOPIC = 215;
const ROUTE = 105;
const CHANGE_CONFIG = 25;
const DELETE_FILES = 329;
const MAKE_USER = 3001;
const MAKE_RIGHTS = 3006;

type Letter = { readonly body: Uint8Array; readonly properties?: Readonly<Record<string, string>>; readonly sysFlag?: number; readonly flag?: number };

/** What a test does at a broker by RocketMQ's own requests. */
export type RocketMqClient = AsyncDisposable & {
  handshake(): Promise<void>;
  /** Makes a topic, or changes it. Resolves when the name server knows it. */
  makeTopic(topic: string, queues?: number, perm?: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  /** Sends in order to queue 0. Resolves to the offset behind the last one when they can be read. */
  send(topic: string, letters: readonly Letter[]): Promise<bigint>;
  /** All there is in a topic's queue. */
  readAll(topic: string, queueId?: number): Promise<StoredMessage[]>;
  /** What a consumer does with a message that it gave up: it goes to the group's dead letters at once. */
  giveUp(group: string, message: StoredMessage, topic: string): Promise<void>;
  /** Lets the broker delete all of its log but the last file, as retention does. It comes to pass within ten seconds or so. */
  deleteOldFiles(): Promise<void>;
  /** Makes a login that may do `actions` on the topics and groups that are named. */
  makeLogin(user: { readonly name: string; readonly secret: string }, rights: readonly { readonly resource: string; readonly actions: readonly string[] }[]): Promise<void>;
};

/** A client of the broker itself; what it asks is signed by the owner. */
export async function openRocketMq({ host, nameServerPort, brokerPort, accessKey, accessSecret }: RocketMqAddress): Promise<RocketMqClient> {
  const options = { tls: false, login: { accessKey, accessSecret }, timeoutMs: 2_000 };
  const wires = new Map<number, Promise<Wire>>();
  /** A connection that is idle for two minutes is closed by the other side. */
  const wireTo = async (port: number): Promise<Wire> => {
    const there = await wires.get(port);
    if (there !== undefined && there.ended() === null) return there;
    const opening = openWire(`${host}:${port}`, options);
    wires.set(port, opening);
    return opening;
  };
  const [broker, names] = [brokerPort, nameServerPort];
  const done = async (port: number, code: number, fields: Readonly<Record<string, string>>, body?: Uint8Array): Promise<Command> => {
    const answer = await (await wireTo(port)).ask(code, { fields, timeoutMs: 10_000, ...(body === undefined ? {} : { body }) });
    if (answer.code !== 0) throw new Error(`request ${code} was answered with ${answer.code}: ${answer.remark}`);
    return answer;
  };
  const endOf = async (topic: string, queueId: number): Promise<number> => Number((await done(broker, MAX_OFFSET, { topic, queueId: String(queueId) })).fields.offset);
  const sendOne = (topic: string, { body, properties = {}, sysFlag = 0, flag = 0 }: Letter): Promise<Command> => {
    const i = Object.entries(properties).map(([name, value]) => `${name}\u0001${value}\u0002`).join("");
    return done(broker, SEND, { a: "test", b: topic, c: topic, d: "0", e: "0", f: String(sysFlag), g: String(Date.now()), h: String(flag), i, j: "0", k: "false", l: "0", m: "false" }, body);
  };
  return {
    handshake: async () => {
      await done(broker, HEART_BEAT, {}, Buffer.from(JSON.stringify({ clientID: "test", producerDataSet: [], consumerDataSet: [] })));
      await done(names, ROUTE, { topic: "DefaultCluster" });
    },
    makeTopic: async (topic, queues = 1, perm = 6) => {
      await done(broker, MAKE_TOPIC, { topic, defaultTopic: "TBW102", readQueueNums: String(queues), writeQueueNums: String(queues), perm: String(perm), topicFilterType: "SINGLE_TAG", topicSysFlag: "0", order: "false" });
      await done(names, ROUTE, { topic });
    },
    deleteTopic: async (topic) => {
      await done(broker, DELETE_TOPIC, { topic });
    },
    send: async (topic, letters) => {
      let behind = 0n;
      for (const letter of letters) behind = BigInt((await sendOne(topic, letter)).fields.queueOffset ?? "0") + 1n;
      // an answer comes before a message is in its queue's index
      await eventually(async () => BigInt(await endOf(topic, 0)) >= behind, { intervalMs: 5 });
      return behind;
    },
    readAll: async (topic, queueId = 0) => {
      const found: StoredMessage[] = [];
      const end = await endOf(topic, queueId);
      for (let at = 0; at < end; ) {
        const fields = { consumerGroup: "test-reader", topic, queueId: String(queueId), queueOffset: String(at), maxMsgNums: "32", sysFlag: "4", commitOffset: "0", suspendTimeoutMillis: "0", subscription: "*", subVersion: "0", expressionType: "TAG" };
        const answer = await done(broker, PULL, fields);
        found.push(...messagesIn(answer.body));
        at = Number(answer.fields.nextBeginOffset);
      }
      return found;
    },
    giveUp: async (group, { offsetMessageId }, topic) => {
      const offset = String(BigInt(`0x${offsetMessageId.slice(-16)}`));
      await done(broker, SEND_BACK, { group, originTopic: topic, offset, delayLevel: "-1", originMsgId: offsetMessageId });
    },
    deleteOldFiles: async () => {
      await done(broker, CHANGE_CONFIG, {}, Buffer.from("fileReservedTime=0\n"));
      await done(broker, DELETE_FILES, {});
    },
    makeLogin: async ({ name, secret }, rights) => {
      await done(broker, MAKE_USER, { username: name }, Buffer.from(JSON.stringify({ username: name, password: secret, userType: "Normal" })));
      const policies = [{ policyType: "CUSTOM", entries: rights.map(({ resource, actions }) => ({ resource, actions, sourceIps: [], decision: "ALLOW" })) }];
      await done(broker, MAKE_RIGHTS, { subject: `User:${name}` }, Buffer.from(JSON.stringify({ subject: `User:${name}`, policies })));
    },
    [Symbol.asyncDispose]: async () => {
      for (const wire of wires.values()) (await wire).close();
    },
  };
}
