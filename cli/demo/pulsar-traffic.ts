import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { messageIdOf, messageIdText } from "#workers/adapters/pulsar/message-id.ts";
import { judge, type DemoFailure } from "./failures.ts";
import { makePayment, type Goods } from "./goods.ts";
import { pulsarAddress } from "./pulsar-address.ts";
import { inBackground, produce, type TrafficOptions } from "./pace.ts";

const PLACE = "persistent/public/default";
const WORK = "demo.refunds";
const SUBSCRIPTION = "billing";
export const REFUNDS_DEAD = `${WORK}-${SUBSCRIPTION}-DLQ`;
const TRIES = 3;
const OPEN_MS = 5_000;

/**
 * A producer and a consumer of refunds on Pulsar. What fails goes to a dead-letter topic with the properties that Pulsar's
 * Java client writes after `reconsumeLater`. `url` is the web service's, with a token as its password where one is needed. Begins in the background, survives a cluster that is
 * away, and never throws. Resolves to what stops it.
 */
export const start = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample traffic on Pulsar", given, trade);

async function trade({ url, rate, signal, log }: TrafficOptions): Promise<void> {
  const { webSocket, headers } = pulsarAddress(url);
  await makeTopic(url, WORK, SUBSCRIPTION);
  // whoever captures makes a subscription of its own; this one keeps what dies before
  await makeTopic(url, REFUNDS_DEAD, "redrive");
  const sockets: WebSocket[] = [];
  const gone = new AbortController();
  const open = async (path: string): Promise<WebSocket> => {
    const socket = new WebSocket(`${webSocket}/ws/v2/${path}`, { headers, handshakeTimeout: OPEN_MS });
    sockets.push(socket);
    socket.on("close", () => gone.abort());
    await once(socket, "open");
    socket.on("error", () => gone.abort());
    return socket;
  };
  try {
    const [producer, dead, consumer] = [await open(`producer/${PLACE}/${WORK}`), await open(`producer/${PLACE}/${REFUNDS_DEAD}`), await open(`consumer/${PLACE}/${WORK}/${SUBSCRIPTION}?subscriptionType=Shared`)];
    consumer.on("message", (frame) => work(String(frame), dead, consumer));
    log(`sample traffic on Pulsar: ${rate} messages/s on ${WORK}`);
    await produce(rate, AbortSignal.any([signal, gone.signal]), async () => {
      const refund = makePayment();
      producer.send(JSON.stringify({ payload: base64(JSON.stringify(refund)), key: String((refund["customer"] as Goods)["id"]), properties: { "content-type": "application/json" } }));
    });
    if (!signal.aborted) throw new Error("the connection was lost");
  } finally {
    for (const socket of sockets) socket.close();
    // the last verdicts and acknowledgements
    await Promise.race([Promise.all(sockets.map((socket) => socket.readyState === WebSocket.CLOSED || once(socket, "close"))), sleep(500)]);
  }
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A topic with a durable subscription; both may be there. Throws when Pulsar refuses. */
async function makeTopic(url: string, topic: string, subscription: string): Promise<void> {
  const { web, headers } = pulsarAddress(url);
  const make = async (path: string, body: string): Promise<void> => {
    const response = await fetch(`${web}/admin/v2/${PLACE}/${path}`, { method: "PUT", headers: { ...headers, "content-type": "application/json" }, body, signal: AbortSignal.timeout(OPEN_MS) });
    if (!response.ok && response.status !== 409) throw new Error(`${path}: HTTP status ${response.status}`);
    await response.body?.cancel();
  };
  await make(topic, "{}");
  await make(`${topic}/subscription/${subscription}`, JSON.stringify("earliest"));
}

/** A message as the WebSocket API gives it. */
type Message = { readonly messageId: string; readonly payload: string; readonly properties: Readonly<Record<string, string>>; readonly key?: string };

function work(frame: string, dead: WebSocket, consumer: WebSocket): void {
  const { messageId, payload, properties, key } = JSON.parse(frame) as Message;
  const failed = verdict(Buffer.from(payload, "base64").toString("utf8"), properties["redrive-count"] ?? "0");
  const acknowledge = (): void => consumer.send(JSON.stringify({ messageId }));
  if (failed === null) return acknowledge();
  dead.send(JSON.stringify({ payload, properties: { ...properties, ...deathProperties(messageId) }, ...(key === undefined ? {} : { key }) }), acknowledge);
}

function verdict(value: string, round: string): DemoFailure | null {
  try {
    const data = JSON.parse(value) as Goods;
    return judge("refunds", { seed: `${String(data["paymentId"])}/${round}`, resent: round !== "0", data, now: new Date() });
  } catch {
    return { name: "SchemaSerializationException", message: "the value is not JSON", retryable: false, frames: [], facts: {} };
  }
}

/** What the Java client writes; what went wrong it does not tell. */
function deathProperties(messageId: string): Readonly<Record<string, string>> {
  const id = messageIdOf(Buffer.from(messageId, "base64"));
  const origin = id === null ? "" : messageIdText(id);
  return { REAL_TOPIC: `persistent://public/default/${WORK}`, REAL_SUBSCRIPTION: SUBSCRIPTION, ORIGIN_MESSAGE_ID: origin, ORIGIN_MESSAGE_IDY_TIME: origin, RECONSUMETIMES: String(TRIES), DELAY_TIME: "500" };
}
