import type { z } from "zod";
import { WebSocket } from "ws";
import { pulsar } from "#core/brokers/pulsar.ts";
import { text } from "#core/message/header.ts";
import type { PulsarNative } from "#core/message/native.ts";
import { connectPulsar } from "#workers/adapters/pulsar/connect.ts";
import { proxiedAt, type Access, type AdapterHarness, type Place, type Planted } from "../adapter-harness.ts";
import { eventually } from "../eventually.ts";
import { nastyBodies } from "../nasty-messages.ts";
import { startPulsar, type PulsarAddress } from "./pulsar.ts";

export type PulsarManifest = typeof pulsar;
type Where = Pick<PulsarAddress, "host" | "port" | "token">;

export const pulsarAccess = ({ host, port, token }: Where, settings: Partial<z.input<PulsarManifest["settings"]>> = {}): Access<PulsarManifest> => ({
  settings: pulsar.settings.parse({ webServiceUrl: `http://${host}:${port}`, ...settings }),
  secrets: { token },
});

const fullName = (topic: string): string => `persistent://public/default/${topic}`;

/** Asks the admin REST API without the adapter; the answer's JSON. Throws when it refuses. */
export async function admin({ host, port, token }: Where, method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`http://${host}:${port}/admin/v2/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  return answer === "" ? undefined : JSON.parse(answer);
}

/** Makes a topic of `public/default` with a durable subscription, so that it keeps what comes; its full name. */
export async function makeTopic(where: Where, { topic = `contract-${crypto.randomUUID()}`, partitions = 0, subscription = "redrive" as string | null } = {}): Promise<string> {
  const path = `persistent/public/default/${topic}`;
  await (partitions === 0 ? admin(where, "PUT", path) : admin(where, "PUT", `${path}/partitions`, partitions));
  if (subscription !== null) await admin(where, "PUT", `${path}/subscription/${subscription}`, "earliest");
  return fullName(topic);
}

/** Opens a WebSocket without the adapter. `name` is a topic's full name, with its subscription for a consumer. */
export async function openSocket({ host, port, token }: Where, kind: "producer" | "consumer", name: string, query = ""): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${host}:${port}/ws/v2/${kind}/${name.replace("://", "/")}${query}`, { headers: { authorization: `Bearer ${token}` } });
  const opened = Promise.withResolvers<void>();
  socket.once("open", () => opened.resolve());
  socket.on("error", opened.reject);
  await opened.promise;
  return socket;
}

/** What a producer is told of a message besides body and properties. */
export type Extra = { readonly key?: string; readonly eventTime?: string };

/** Publishes in order and waits for each verdict; with `batch`, so many as one entry. */
export async function put(where: Where, topic: string, messages: readonly Pick<Planted, "body" | "headers">[], extra: Extra = {}, batch = 0): Promise<void> {
  const query = batch === 0 ? "" : `?batchingEnabled=true&batchingMaxMessages=${batch}&batchingMaxPublishDelay=1000`;
  const socket = await openSocket(where, "producer", topic, query);
  const results: string[] = [];
  socket.on("message", (data) => results.push(String(data)));
  const frames = messages.map(({ body, headers }) => JSON.stringify({ payload: Buffer.from(body).toString("base64"), properties: Object.fromEntries(headers.map(({ name, value }) => [name, value.t === "text" ? value.v : ""])), ...extra }));
  for (const [at, frame] of frames.entries()) {
    socket.send(frame);
    if (batch === 0) await eventually(() => results.length > at, { timeoutMs: 30_000, intervalMs: 1 });
  }
  await eventually(() => results.length === frames.length, { timeoutMs: 30_000 });
  socket.close();
  const refused = results.find((result) => !result.includes('"result":"ok"'));
  if (refused !== undefined) throw new Error(refused);
}

/** One message as a consumer of the WebSocket API sees it. */
export type Seen = { readonly body: Buffer; readonly properties: Readonly<Record<string, string>>; readonly key: string | null; readonly eventTime: string | null };

/** Everything from the topic's start, by a subscription that is made for it and goes again. */
export async function readAll(where: Where, topic: string): Promise<Seen[]> {
  const path = topic.replace("://", "/");
  const name = `drain-${crypto.randomUUID()}`;
  await admin(where, "PUT", `${path}/subscription/${name}`, "earliest");
  const socket = await openSocket(where, "consumer", `${topic}/${name}`);
  const seen: Seen[] = [];
  socket.on("message", (data) => {
    const { messageId, payload, properties, key = null, eventTime = null } = JSON.parse(String(data)) as { messageId: string; payload: string; properties: Record<string, string>; key?: string; eventTime?: string };
    seen.push({ body: Buffer.from(payload, "base64"), properties, key, eventTime });
    socket.send(JSON.stringify({ messageId }));
  });
  type Stats = { subscriptions: Record<string, { msgBacklog: number }> };
  const backlog = async (): Promise<number> => ((await admin(where, "GET", `${path}/stats?getPreciseBacklog=true`)) as Stats).subscriptions[name]?.msgBacklog ?? -1;
  await eventually(async () => (await backlog()) === 0, { timeoutMs: 30_000 });
  socket.close();
  await admin(where, "DELETE", `${path}/subscription/${name}?force=true`);
  return seen;
}

async function makePlace(where: Where): Promise<Place<PulsarManifest>> {
  const topic = await makeTopic(where);
  return {
    source: { queue: topic },
    target: { kind: "pulsar", topic },
    put: (messages) => put(where, topic, messages, { key: "ord_9f2c", eventTime: "2026-03-14T09:26:53.123Z" }),
    drain: async () => (await readAll(where, topic)).map(({ body }) => ({ body, headers: [] })),
  };
}

/** The service takes no text of more than 20,000,000 characters, whatever its limits are set to. */
const { "16 MiB": _tooLarge, ...bodies } = nastyBodies();

const NASTY: readonly Planted[] = [
  ...Object.entries({ ...bodies, "14 MiB": new Uint8Array(14 * 1024 * 1024).fill(0xa5) }).map(([label, body]) => ({ label, body, headers: [] })),
  {
    label: "properties of every sort",
    body: Buffer.from("{}"),
    // a map: one value a name, and no order of its own
    headers: [
      text("", "nameless"),
      text("Ämter 🦊", "naïve 🦊 \u0000 end"),
      text("__proto__", "polluted"),
      text("constructor", "no function"),
      text("empty", ""),
      text("long", "stack ".repeat(50_000)),
      text("n".repeat(255), "a long name"),
      text("quoted", '"\\\r\n\u2028'),
    ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  },
];

const PLAIN: PulsarNative = { transport: "pulsar", queue: fullName("contract"), messageId: "CAEQADAA", publishTime: "2026-03-14T09:26:53.123Z", eventTime: null, key: null, producerName: null, redeliveryCount: 0 };

export async function pulsarHarness(server: PulsarAddress): Promise<AdapterHarness<PulsarManifest>> {
  return {
    adapter: connectPulsar,
    entry: { module: "#workers/adapters/pulsar/connect.ts", exportName: "connectPulsar" },
    access: pulsarAccess(server),
    proxied: proxiedAt(server, (address) => pulsarAccess({ ...address, token: server.token })),
    nobodyThere: (port) => pulsarAccess({ ...server, port }),
    wrongAccess: pulsarAccess({ ...server, token: `${server.token}x` }),
    halfOpen: { settings: {}, withinMs: 8_000 },
    place: () => makePlace(server),
    nasty: NASTY,
    plainNative: PLAIN,
    essence: (native) => (native.transport === "pulsar" ? [native.key, native.eventTime] : native),
    nowhere: { kind: "pulsar", topic: fullName(`nowhere-${crypto.randomUUID()}`) },
    missingSource: { queue: fullName(`missing-${crypto.randomUUID()}`) },
    depthKind: "exact",
    async deadLetterPlace() {
      const topic = `orders-${crypto.randomUUID()}`;
      const queue = await makeTopic(server, { topic });
      return { source: { queue: await makeTopic(server, { topic: `${topic}-billing-DLQ` }) }, sign: { sign: "target_of", queue } };
    },
    async startPrivateBroker() {
      const own = await startPulsar();
      return { access: pulsarAccess(own), place: () => makePlace(own), restart: own.restart, [Symbol.asyncDispose]: own.stop };
    },
  };
}
