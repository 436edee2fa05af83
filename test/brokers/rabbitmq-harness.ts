import { inject } from "vitest";
import type { z } from "zod";
import type { Source } from "#workers/adapters/rabbitmq/capture.ts";
import { rabbitmq } from "#core/brokers/rabbitmq.ts";
import type { Header, TypedValue } from "#core/message/header.ts";
import type { AmqpProperties, Native } from "#core/message/raw.ts";
import * as amqp from "#workers/adapters/rabbitmq/client.ts";
import { connectRabbit } from "#workers/adapters/rabbitmq/connect.ts";
import { decodeContentHeader, encodeContentHeader } from "#workers/adapters/rabbitmq/content-header.ts";
import { type Access, type AdapterHarness, type Place, type Planted, proxiedAt } from "../adapter-harness.ts";
import { nastyBodies, typedHeaders } from "../nasty-messages.ts";
import { startRabbit, type TestRabbit } from "./rabbitmq.ts";

export type RabbitManifest = typeof rabbitmq;
type Server = Omit<TestRabbit, "restart" | "kill9AndStart" | "ctl" | "stop">;

/** The run's RabbitMQ. Throws where there is none: a missing broker is a failure, not a pass. */
export function runsRabbit(): Server {
  const provided = inject("rabbitmq");
  if (!provided.available) throw new Error(`no RabbitMQ: ${provided.reason}`);
  return provided;
}

export const accessTo = (server: Server, settings: Partial<z.infer<RabbitManifest["settings"]>> = {}): Access<RabbitManifest> => ({
  settings: {
    ...rabbitmq.settings.parse({ host: server.host, port: server.port, vhost: server.vhost, username: server.username }),
    ...settings,
  },
  secrets: { password: server.password },
});

/** A connection for declaring, putting and fetching, past the adapter. Close it, unless its broker is gone. */
export async function openNative({ host, port, username, password, vhost }: Server): Promise<amqp.ChannelModel> {
  const model = await amqp.open({ hostname: host, port, username, password, vhost: encodeURIComponent(vhost) }, {});
  // Tests stop brokers: what is then asked of this connection fails by itself.
  model.on("error", () => {});
  return model;
}

/** Every property there is, none of which may get lost but the expiration. */
const ALL_PROPERTIES: AmqpProperties = {
  contentType: "application/json; ü",
  contentEncoding: "identity",
  deliveryMode: 2,
  priority: 255,
  correlationId: "correlation \u0000",
  replyTo: "amq.rabbitmq.reply-to.not",
  expiration: "3600000",
  messageId: "message-1",
  timestamp: "18446744073709551615",
  type: "order.placed",
  appId: "shop",
  clusterId: "",
};

/** Publishes with confirms; the content header is written by our codec, which its own test compares with raw bytes. */
export async function putNatively(
  model: amqp.ChannelModel,
  routingKey: string,
  messages: readonly { readonly body: Uint8Array; readonly headers: readonly Header[] }[],
  { exchange = "", properties = ALL_PROPERTIES }: { exchange?: string; properties?: AmqpProperties } = {},
): Promise<void> {
  const channel = await model.createConfirmChannel();
  for (const { body, headers } of messages) {
    const header = encodeContentHeader({ properties, headers });
    const verdict = await new Promise((resolve) => {
      amqp.publish(channel, { exchange, routingKey }, header, Buffer.from(body), resolve);
    });
    if (verdict !== "ack") throw new Error(`the broker did not take the message: ${String(verdict)}`);
  }
  await channel.close();
}

export type Fetched = { readonly body: Uint8Array; readonly headers: readonly Header[]; readonly properties: AmqpProperties };

/** Takes everything that waits in a queue. */
export async function drainNatively(model: amqp.ChannelModel, queue: string): Promise<Fetched[]> {
  const channel = await model.createChannel();
  const { messageCount } = await channel.checkQueue(queue);
  const fetched: Fetched[] = [];
  const all = Promise.withResolvers<void>();
  if (messageCount === 0) all.resolve();
  const { consumerTag } = await channel.consume(
    queue,
    (message) => {
      if (message !== null) fetched.push(fetchedOf(message));
      if (fetched.length === messageCount) all.resolve();
    },
    { noAck: true },
  );
  await all.promise;
  await channel.cancel(consumerTag);
  await channel.close();
  return fetched;
}

function fetchedOf(message: amqp.Message): Fetched {
  const { headers, properties } = decodeContentHeader(amqp.contentHeaderOf(message));
  return { body: message.content, headers, properties };
}

/** All a stream holds, which is read and not taken: up to a message put in to mark the end. */
async function readStream(model: amqp.ChannelModel, queue: string): Promise<Fetched[]> {
  const end = crypto.randomUUID();
  await putNatively(model, queue, [{ body: Buffer.from(end), headers: [] }]);
  const channel = await model.createChannel();
  await channel.prefetch(100);
  const fetched: Fetched[] = [];
  const seen = Promise.withResolvers<void>();
  const read = (message: amqp.ConsumeMessage | null): void => {
    if (message === null) return;
    channel.ack(message);
    if (message.content.toString() === end) seen.resolve();
    else fetched.push(fetchedOf(message));
  };
  await channel.consume(queue, read, { arguments: { "x-stream-offset": "first" } });
  await seen.promise;
  await channel.close();
  return fetched;
}

export async function makePlace(
  model: amqp.ChannelModel,
  type: Source["type"],
  queueArguments: Readonly<Record<string, unknown>> = {},
): Promise<Place<RabbitManifest> & { queue: string }> {
  const queue = `contract.${type}.${crypto.randomUUID()}`;
  const channel = await model.createChannel();
  await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": type, ...queueArguments } });
  await channel.close();
  return {
    queue,
    source: { queue, type },
    target: { kind: "rabbitmq", exchange: "", routingKey: queue },
    put: (messages) => putNatively(model, queue, messages),
    drain: () => (type === "stream" ? readStream(model, queue) : drainNatively(model, queue)),
  };
}

const tooDeep = (): TypedValue => {
  let value: TypedValue = { t: "void" };
  for (let i = 0; i < 60; i++) value = { t: "array", v: [value] };
  return value;
};

/** RabbitMQ keeps a stream as AMQP 1.0: it drops arrays and tables of headers, and decimals end the connection (3.10). */
const streamMessages = (): Planted[] => [
  ...Object.entries(nastyBodies()).map(([label, body]) => ({ label, body, headers: [] })),
  ...typedHeaders()
    .filter(({ value }) => !["array", "table", "decimal"].includes(value.t))
    .map((header) => ({ label: `a header of type ${header.value.t}`, body: new Uint8Array(), headers: [header] })),
];

const nastyMessages = (): Planted[] => [
  ...Object.entries(nastyBodies()).map(([label, body]) => ({ label, body, headers: [] })),
  { label: "every type of header", body: new Uint8Array(), headers: typedHeaders() },
  { label: "60 arrays deep", body: new Uint8Array(), headers: [{ name: "deep", value: tooDeep() }] },
];

let own: Promise<TestRabbit> | null = null;

/** A broker of the test file's own, started once. Stop it with `stopOwnRabbit`. */
const ownRabbit = (): Promise<TestRabbit> => {
  own ??= startRabbit({ own: true }).then((started) => {
    if (started.rabbit === null) throw new Error(`no RabbitMQ of our own: ${started.reason}`);
    return started.rabbit;
  });
  return own;
};

export async function stopOwnRabbit(): Promise<void> {
  await (await own)?.stop();
  own = null;
}

/** The harness for one type of queue. */
export async function rabbitHarness(type: Source["type"]): Promise<AdapterHarness<RabbitManifest>> {
  const server = runsRabbit();
  const model = await openNative(server);
  const withoutExpiration = (native: Native): unknown => {
    if (native.transport !== "amqp-0.9.1") return native;
    const { expiration: _gone, ...kept } = native.properties;
    return kept;
  };
  return {
    adapter: connectRabbit,
    entry: { module: "#workers/adapters/rabbitmq/connect.ts", exportName: "connectRabbit" },
    access: accessTo(server),
    proxied: proxiedAt(server, (address) => accessTo(server, address)),
    nobodyThere: (port) => accessTo(server, { port }),
    wrongAccess: { ...accessTo(server), secrets: { password: "wrong" } },
    halfOpen: { settings: { heartbeatSeconds: 1 }, withinMs: 2_500 },
    place: () => makePlace(model, type),
    nasty: type === "stream" ? streamMessages() : nastyMessages(),
    addedHeaders: ["x-stream-offset"],
    plainNative: {
      transport: "amqp-0.9.1",
      queue: "contract.dlq",
      exchange: "",
      routingKey: "contract.dlq",
      redelivered: false,
      properties: { deliveryMode: 2 },
    },
    essence: withoutExpiration,
    nowhere: { kind: "rabbitmq", exchange: "", routingKey: `contract.nowhere.${crypto.randomUUID()}` },
    missingSource: { queue: `contract.missing.${crypto.randomUUID()}`, type },
    depthKind: "exact",
    deadLetterPlace: async () => {
      const { queue, source } = await makePlace(model, type);
      const channel = await model.createChannel();
      const failing = `${queue}.work`;
      const exchange = `${queue}.dlx`;
      await channel.assertExchange(exchange, "direct");
      await channel.bindQueue(queue, exchange, "dead");
      const deadLettering = { "x-dead-letter-exchange": exchange, "x-dead-letter-routing-key": "dead" };
      await channel.assertQueue(failing, { durable: true, arguments: deadLettering });
      await channel.close();
      const access = accessTo(server, { managementUrl: server.managementUrl });
      return { source, sign: { sign: "target_of", queue: failing }, access };
    },
    startPrivateBroker: async () => {
      const broker = await ownRabbit();
      return {
        access: accessTo(broker),
        place: async () => makePlace(await openNative(broker), type),
        restart: broker.restart,
        // The next harness of the file uses it too: starting one takes seconds.
        [Symbol.asyncDispose]: async () => {},
      };
    },
  };
}
