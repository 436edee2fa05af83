import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Channel, ConsumeMessage, Options } from "amqplib";
import { digits } from "./chance.ts";
import type { DemoFailure } from "./failures.ts";
import { makeEmail, makeOrder, makePayment, type Goods } from "./goods.ts";

export const SHOP = "shop";
export const SHOP_DLX = "shop.dlx";

/** A queue of the shop on RabbitMQ, and how its framework writes messages and lets them die. */
export type ShopQueue = {
  readonly queue: string;
  readonly dead: string;
  readonly key: string;
  readonly service: string;
  /** What a producer publishes. */
  make(): { readonly body: unknown; readonly options: Options.Publish };
  /** The data to judge, out of a message. Throws when it is none. */
  data(body: Buffer): Goods;
  /** Makes an end of a message that failed. */
  bury(channel: Channel, message: ConsumeMessage, failed: DemoFailure): void;
};

const parse = (body: Buffer): Goods => JSON.parse(body.toString("utf8")) as Goods;
const reject = (channel: Channel, message: ConsumeMessage): void => channel.nack(message, false, false);

/** A plain consumer: it rejects, and the queue's dead-letter exchange adds `x-death`. */
const payments: ShopQueue = {
  queue: "shop.payments",
  dead: "shop.payments.dlq",
  key: "payment.requested",
  service: "payments",
  make: () => ({
    body: makePayment(),
    options: { contentType: "application/json", messageId: randomUUID(), appId: "checkout", type: "payment.requested" },
  }),
  data: parse,
  bury: reject,
};

/** Spring AMQP: after its retries the listener's recoverer republishes with the exception in headers. */
const inventory: ShopQueue = {
  queue: "shop.inventory",
  dead: "shop.inventory.dlq",
  key: "order.placed.eu",
  service: "inventory",
  make: () => ({
    body: makeOrder(),
    options: {
      contentType: "application/json",
      contentEncoding: "UTF-8",
      messageId: randomUUID(),
      priority: 0,
      headers: { __TypeId__: "com.example.shop.orders.OrderPlaced" },
    },
  }),
  data: parse,
  bury(channel, message, failed) {
    const { properties, fields } = message;
    const headers = {
      ...properties.headers,
      "x-exception-message": failed.message,
      "x-exception-stacktrace": javaTrace(failed),
      "x-original-exchange": fields.exchange,
      "x-original-routingKey": fields.routingKey,
    };
    channel.publish(SHOP_DLX, "shop.inventory", message.content, { ...kept(message), headers });
    channel.ack(message);
  },
};

/** Celery, protocol 2: the task is rejected without requeue; what failed is not on the message. */
const notifications: ShopQueue = {
  queue: "shop.notifications",
  dead: "shop.notifications.dlq",
  key: "notification.email",
  service: "smtp",
  make() {
    const email = makeEmail();
    const id = randomUUID();
    const argsrepr = `(${JSON.stringify(email["template"])}, {...})`;
    return {
      body: [[email], {}, { callbacks: null, errbacks: null, chain: null, chord: null }],
      options: {
        contentType: "application/json",
        contentEncoding: "utf-8",
        correlationId: id,
        replyTo: randomUUID(),
        priority: 0,
        headers: {
          lang: "py", task: "shop.notifications.tasks.send_email", id, root_id: id, parent_id: null, group: null,
          shadow: null, eta: null, expires: null, retries: 3, timelimit: [null, null], argsrepr, kwargsrepr: "{}",
          origin: `gen${digits(4)}@shop-web`, ignore_result: false,
        },
      },
    };
  },
  data: (body) => ((JSON.parse(body.toString("utf8")) as unknown[][])[0]?.[0] ?? {}) as Goods,
  bury: reject,
};

/** MassTransit: the message is moved to `<queue>_error`, with the fault in `MT-` headers. */
const shipping: ShopQueue = {
  queue: "shop.shipping",
  dead: "shop.shipping_error",
  key: "parcel.packed",
  service: "carrier",
  make() {
    const messageId = randomUUID();
    const headers = { "Content-Type": "application/vnd.masstransit+json" };
    const body = {
      messageId,
      conversationId: randomUUID(),
      sourceAddress: "rabbitmq://localhost/shop-api",
      destinationAddress: "rabbitmq://localhost/Shop.Contracts:PackParcel",
      messageType: ["urn:message:Shop.Contracts:PackParcel"],
      message: makeOrder(),
      sentTime: new Date().toISOString(),
      headers: {},
    };
    return { body, options: { contentType: "application/vnd.masstransit+json", messageId, headers } };
  },
  data: (body) => (parse(body)["message"] ?? {}) as Goods,
  bury(channel, message, failed) {
    channel.publish("", shipping.dead, message.content, { ...kept(message), headers: { ...message.properties.headers, ...massTransitFault(failed) } });
    channel.ack(message);
  },
};

/** All queues of the shop. */
export const SHOP_QUEUES: readonly ShopQueue[] = [payments, inventory, notifications, shipping];

/** The properties a framework carries over when it publishes a message again. */
function kept({ properties }: ConsumeMessage): Options.Publish {
  const { contentType, contentEncoding, messageId, priority } = properties as Options.Publish;
  return {
    persistent: true,
    ...(contentType === undefined ? {} : { contentType }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(priority === undefined ? {} : { priority }),
  };
}

function javaTrace({ name, message }: DemoFailure): string {
  return [
    "org.springframework.amqp.rabbit.support.ListenerExecutionFailedException: Listener method 'onOrder' threw exception",
    "\tat org.springframework.amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter.invokeHandler(MessagingMessageListenerAdapter.java:286)",
    "\tat org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer.invokeListener(AbstractMessageListenerContainer.java:1552)",
    `Caused by: com.example.shop.inventory.${name.replace(/Error$/, "Exception")}: ${message}`,
    "\tat com.example.shop.inventory.StockClient.reserve(StockClient.java:74)",
    "\tat com.example.shop.inventory.OrderListener.onOrder(OrderListener.java:39)",
    "\t... 21 more",
    "",
  ].join("\n");
}

const massTransitFault = ({ name, message }: DemoFailure): Readonly<Record<string, unknown>> => ({
  "MT-Reason": "fault",
  "MT-Fault-ExceptionType": `Shop.Shipping.${name.replace(/Error$/, "Exception")}`,
  "MT-Fault-Message": message,
  "MT-Fault-StackTrace": [
    "   at Shop.Shipping.CarrierClient.BookAsync(Parcel parcel) in /src/Shop.Shipping/CarrierClient.cs:line 58",
    "   at Shop.Shipping.PackParcelConsumer.Consume(ConsumeContext`1 context) in /src/Shop.Shipping/PackParcelConsumer.cs:line 27",
    "   at MassTransit.DependencyInjection.ScopeConsumerFactory`1.Send[TMessage](ConsumeContext`1 context, IPipe`1 next)",
  ].join("\n"),
  "MT-Fault-Timestamp": new Date().toISOString().replace("Z", "1234Z"),
  "MT-Fault-InputAddress": "rabbitmq://localhost/shop.shipping",
  "MT-Fault-ConsumerType": "Shop.Shipping.PackParcelConsumer",
  "MT-Fault-MessageType": "Shop.Contracts.PackParcel",
  "MT-Fault-RetryCount": 3,
  "MT-Host-MachineName": hostname(),
  "MT-Host-ProcessName": "Shop.Shipping",
  "MT-Host-ProcessId": process.pid,
  "MT-Host-Assembly": "Shop.Shipping",
  "MT-Host-AssemblyVersion": "2.3.0.0",
  "MT-Host-MassTransitVersion": "8.5.8.0",
  "MT-Host-FrameworkVersion": "9.0.2",
  "MT-Host-OperatingSystemVersion": "Unix 6.8.0.0",
});
