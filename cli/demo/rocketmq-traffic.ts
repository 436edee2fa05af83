import { Producer } from "rocketmq-client-nodejs";
import { headerText } from "#core/message/header.ts";
import { rocketmq } from "#core/brokers/rocketmq.ts";
import { placesOf } from "#workers/adapters/rocketmq/capture.ts";
import { openCluster, type Cluster } from "#workers/adapters/rocketmq/cluster.ts";
import type { StoredMessage } from "#workers/adapters/rocketmq/message.ts";
import { headersOf } from "#workers/adapters/rocketmq/properties.ts";
import { boundsOf, queueReader, type QueueReader } from "#workers/adapters/rocketmq/queue-reader.ts";
import { judge } from "./failures.ts";
import { makeOrder, type Goods } from "./goods.ts";
import { inBackground, pause, produce, type TrafficOptions } from "./pace.ts";

const WORK = "demo-shipments";
const GROUP = "demo-shipping";
export const SHIPMENTS_DEAD = `%DLQ%${GROUP}`;

const MAKE_TOPIC = 17;
const SEND_BACK = 36;
const QUEUES = 4;
const SILENT = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const LIMITS = { maxBytes: 1_000_000, maxCount: 100, maxWaitMs: 0 };

/**
 * A producer of shipments through the proxy, and a consumer that gives up what it fails on: RocketMQ puts that into the
 * dead letters of its group. `url` is `rocketmq://key:secret@proxy:8081?nameServer=host:9876`. Begins in the background,
 * survives a cluster that is away, and never throws. Resolves to what stops it.
 */
export const start = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample traffic on RocketMQ", given, trade);

async function trade({ url, rate, signal, log }: TrafficOptions): Promise<void> {
  const { host, username, password, searchParams } = new URL(url);
  const login = { accessKey: decodeURIComponent(username), accessSecret: decodeURIComponent(password) };
  const settings = rocketmq.settings.parse({ nameServer: searchParams.get("nameServer") ?? undefined, accessKey: login.accessKey });
  const cluster = await openCluster("redrive demo", settings, login, AbortSignal.timeout(10_000));
  const live = AbortSignal.any([signal, cluster.ended]);
  const producer = new Producer({ endpoints: host, namespace: "", ...(login.accessKey === "" ? {} : { sessionCredentials: login }), logger: SILENT });
  try {
    for (const topic of [WORK, SHIPMENTS_DEAD]) await makeTopic(cluster, topic);
    await producer.startup();
    log(`sample traffic on RocketMQ: ${rate} messages/s on ${WORK}`);
    const producing = produce(rate, live, async () => {
      const order = makeOrder();
      await producer.send({ topic: WORK, tag: "placed", keys: [String((order["customer"] as Goods)["id"])], body: Buffer.from(JSON.stringify(order)), properties: new Map([["content-type", "application/json"]]) });
    });
    await Promise.all([producing, consume(cluster, live)]);
    if (!signal.aborted) throw new Error("the connection was lost");
  } finally {
    cluster.close();
    await producer.shutdown().catch(() => undefined);
  }
}

async function makeTopic(cluster: Cluster, topic: string): Promise<void> {
  const queues = String(topic === WORK ? QUEUES : 1);
  const fields = { topic, defaultTopic: "TBW102", readQueueNums: queues, writeQueueNums: queues, perm: "6", topicFilterType: "SINGLE_TAG", topicSysFlag: "0", order: "false" };
  for (const address of await cluster.masters()) {
    const { code, remark } = await (await cluster.broker(address)).ask(MAKE_TOPIC, { fields });
    if (code !== 0) throw new Error(remark ?? `the topic ${topic} could not be made`);
  }
}

async function consume(cluster: Cluster, live: AbortSignal): Promise<void> {
  const places = (await cluster.parts(WORK)).flatMap((part) => placesOf(WORK, part));
  const readers = await Promise.all(places.map(async (place) => queueReader(cluster, GROUP, place, (await boundsOf(cluster, place)).max, () => undefined)));
  while (!live.aborted) {
    for (const reader of readers) if (reader.ready()) await work(cluster, reader);
    await pause(100, live);
  }
}

async function work(cluster: Cluster, reader: QueueReader): Promise<void> {
  for (const message of (await reader.take(LIMITS)).messages) if (fails(message)) await giveUp(cluster, reader, message);
}

function fails({ body, properties }: StoredMessage): boolean {
  const round = headerText(headersOf(properties), "redrive-count") ?? "0";
  try {
    const data = JSON.parse(body.toString("utf8")) as Goods;
    return judge("carrier", { seed: `${String(data["orderId"])}/${round}`, resent: round !== "0", data, now: new Date() }) !== null;
  } catch {
    return true;
  }
}

/** What a consumer does that wants no further try. */
async function giveUp(cluster: Cluster, { place }: QueueReader, { offsetMessageId }: StoredMessage): Promise<void> {
  const offset = String(BigInt(`0x${offsetMessageId.slice(-16)}`));
  await (await cluster.broker(place.address)).ask(SEND_BACK, { fields: { group: GROUP, originTopic: WORK, offset, delayLevel: "-1", originMsgId: offsetMessageId } });
}
