import { inject } from "vitest";
import type { z } from "zod";
import type { Source } from "#workers/adapters/rabbitmq/capture.ts";
import { rabbitmq } from "#core/brokers/rabbitmq.ts";
import type { Header, TypedValue } from "#core/message/header.ts";
import type { AmqpProperties, Native } from "#core/message/raw.ts";
import * as amqp from "#workers/adapters/rabbitmq/client.ts";
import { connectRabbit } from "#workers/adapters/rabbitmq/connect.ts";
import { decodeContentHeader, encodeContentHeader } from "#workers/adapters/rabbitmq/content-header.ts";
import type { Access, AdapterHarness, Place, Planted } from "../adapter-harness.ts";
import { nastyBodies, typedHeaders } from "../nasty-messages.ts";
import { startRabbit, type TestRabbit } from "./rabbitmq.ts";

export type RabbitManifest = typeof rabbitmq;
type Server = Omit<TestRabbit, "restart" | "kill9AndStart" | "stop">;

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

/** A connection for declaring, putting and fetching, past the adapter. Close it. */
export const openNative = ({ host, port, username, password, vhost }: Server): Promise<amqp.ChannelModel> =>
  amqp.open({ hostname: host, port, username, password, vhost: encodeURIComponent(vhost) }, {});

/** Every property there is, none of which may get lost but the expiration. */
export const ALL_PROPERTIES: AmqpProperties = {
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
  const fetched: Fetched[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) break;
    const { headers, properties } = decodeContentHeader(amqp.contentHeaderOf(message));
    fetched.push({ body: message.content, headers, properties });
  }
  await channel.close();
  return fetched;
}

export async function makePlace(model: amqp.ChannelModel, type: Source["type"]): Promise<Place<RabbitManifest> & { queue: string }> {
  const queue = `contract.${type}.${crypto.randomUUID()}`;
  const channel = await model.createChannel();
  await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": type } });
  await channel.close();
  return {
    queue,
    source: { queue, type },
    target: { kind: "rabbitmq", exchange: "", routingKey: queue },
    put: (messages) => putNatively(model, queue, messages),
    drain: () => drainNatively(model, queue),
  };
}

const tooDeep = (): TypedValue => {
  let value: TypedValue = { t: "void" };
  for (let i = 0; i < 60; i++) value = { t: "array", v: [value] };
  return value;
};

const nastyMessages = (): Planted[] => [
  ...Object.entries(nastyBodies()).map(([label, body]) => ({ label, body, headers: [] })),
  { label: "every type of header", body: new Uint8Array(), headers: typedHeaders() },
  { label: "60 arrays deep", body: new Uint8Array(), headers: [{ name: "deep", value: tooDeep() }] },
];

/** The harness for one type of queue. Streams change what they store: their own messages are named in `nasty`. */
export async function rabbitHarness(type: Source["type"], nasty = nastyMessages()): Promise<AdapterHarness<RabbitManifest>> {
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
    wrongAccess: { ...accessTo(server), secrets: { password: "wrong" } },
    halfOpen: { settings: { heartbeatSeconds: 1 }, withinMs: 2_500 },
    place: () => makePlace(model, type),
    nasty,
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
      throw new Error("discover has its own test, with the management API");
    },
    startPrivateBroker: async () => {
      const { rabbit: own, ...why } = await startRabbit({ own: true });
      if (own === null) throw new Error(`no RabbitMQ of our own: ${JSON.stringify(why)}`);
      return {
        access: accessTo(own),
        place: async () => {
          const ownModel = await openNative(own);
          // It ends with the broker.
          ownModel.on("error", () => {});
          return makePlace(ownModel, type);
        },
        restart: own.restart,
        [Symbol.asyncDispose]: own.stop,
      };
    },
  };
}
