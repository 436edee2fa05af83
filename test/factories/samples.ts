import { randomBytes } from "node:crypto";
import { decode } from "#core/decoders/index.ts";
import { text, type Header } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";
import { deathHeaders } from "./death-headers.ts";
import type { MessageSpec } from "./message.ts";

/** A kind of failure as it is met in production; `make` gives the n-th message of it. */
export type Sample = { readonly queue: string; readonly connection: string; readonly make: (n: number, diedAt: Date) => MessageSpec };

const JAVA_STACK = (depth: number) =>
  [
    "com.acme.billing.CardDeclinedException: card declined by issuer (do_not_honor)",
    "\tat com.acme.billing.PaymentGateway.charge(PaymentGateway.java:118)",
    "\tat com.acme.billing.ChargeHandler.handle(ChargeHandler.java:42)",
    ...Array.from({ length: depth }, (_, n) => `\tat org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer.invokeListener(AbstractMessageListenerContainer.java:${1400 + n})`),
    "Caused by: java.net.SocketTimeoutException: Read timed out",
    "\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)",
  ].join("\n");

/** RabbitMQ's own death headers and those of Spring's error handler around a failure. */
function spring(queue: string, diedAt: Date, message: string, stack: string): Header[] {
  return [
    ...deathHeaders({ queue, exchange: "orders", routingKey: "order.created", count: 3, at: diedAt }),
    text("x-exception-message", message),
    text("x-exception-stacktrace", stack),
    text("x-original-exchange", "orders"),
    text("x-original-routingKey", "order.created"),
    text("tenant", "acme-eu"),
    text("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    { name: "retry-budget", value: { t: "int32", v: "5" } },
    { name: "created", value: { t: "timestamp", v: String(Math.floor(diedAt.getTime() / 1000) - 90) } },
    { name: "signature", value: { t: "bytes", v: randomBytes(16).toString("base64") } },
  ];
}

const nativeOf = (queue: string, contentType: string, n: number): Native => ({
  transport: "amqp-0.9.1",
  queue,
  exchange: "dlx",
  routingKey: queue,
  redelivered: false,
  properties: { contentType, deliveryMode: 2, messageId: `msg-${n}`, appId: "checkout", correlationId: `corr-${n}`, type: "OrderCreated" },
});

/** The message as capture would store it: what the headers tell is read by the decoders themselves. */
function decoded(queue: string, contentType: string, headers: Header[], body: Buffer, n: number, diedAt: Date, key: string | null): MessageSpec {
  const native = nativeOf(queue, contentType, n);
  const normal = decode({ headers, native, body });
  return {
    body,
    headers,
    native,
    normal,
    contentType,
    diedAt,
    key,
    reason: normal.reason,
    attempts: normal.attempts,
    errorType: normal.error?.type ?? null,
    errorMessage: normal.error?.message ?? null,
    stack: normal.error?.stack ?? null,
    ...(normal.origin?.queue === undefined ? {} : { origin: normal.origin.queue }),
  };
}

const json = (text: string) => Buffer.from(text);

export const SAMPLES: readonly Sample[] = [
  {
    connection: "Production EU",
    queue: "payments.dlq",
    make: (n, at) =>
      decoded("payments.dlq", "application/json", spring("payments", at, `card declined by issuer (do_not_honor), order ${n}`, JAVA_STACK(60)), json(`{"orderId":"ord_${n}","amount":12.50,"account":9007199254740993${n},"customer":{"name":"Zoë Müller","city":"Köln"},"z":1,"a":2}`), n, at, `cus_${n % 97}`),
  },
  {
    connection: "Production EU",
    queue: "checkout.shipping-label-requests.eu-central-1.dead-letter",
    make: (n, at) => decoded("checkout.shipping-label-requests.eu-central-1.dead-letter", "application/json; charset=utf-8", deathHeaders({ queue: "checkout.shipping-label-requests.eu-central-1", reason: "expired", at }), json(`{"shipment":${n}}`), n, at, null),
  },
  {
    connection: "生产环境 上海",
    queue: "订单通知.dlq",
    make: (n, at) => decoded("订单通知.dlq", "application/json", spring("订单通知", at, `库存不足：商品 SKU-${n % 50} 无法预留`, `com.acme.stock.OutOfStockException: 库存不足\n\tat com.acme.stock.Reserve.reserve(Reserve.java:77)`), json(`{"订单号":"2024${n}","金额":88.00,"备注":"请尽快发货 🚚","商品":[{"名称":"茶叶","数量":2}]}`), n, at, `订单-${n}`),
  },
  {
    connection: "Production EU",
    queue: "telemetry.dlq",
    make: (n, at) => decoded("telemetry.dlq", "application/x-protobuf", deathHeaders({ queue: "telemetry", reason: "delivery_limit", count: 20, at }), Buffer.concat([Buffer.from([0x0a, 0x08, n & 0xff, 0xff, 0xfe]), randomBytes(600)]), n, at, `sensor-${n % 12}`),
  },
  {
    connection: "Production EU",
    queue: "emails.dlq",
    make: (n, at) => decoded("emails.dlq", "text/plain", spring("emails", at, `<img src=x onerror=alert(${n})> mailbox \u202Elluf si`, "smtplib.SMTPRecipientsRefused: mailbox full"), Buffer.from(`Dear customer,\r\n\r\nyour order ${n} is on its way.\r\n`), n, at, `user${n}@example.com`),
  },
  {
    connection: "Production EU",
    queue: "payments.dlq",
    make: (n, at) => decoded("payments.dlq", "application/json", spring("payments", at, `connect ETIMEDOUT 10.4.2.${n % 255}:443`, "Error: connect ETIMEDOUT\n    at TLSSocket.onConnect (/app/src/gateway.ts:31:9)\n    at node:internal/net:1300:12"), json(`{"orderId":"ord_${n}","lines":[${Array.from({ length: 400 }, (_, i) => `{"sku":"S${i}","qty":${i % 7},"price":12345678901234567890.${i}}`).join(",")}]}`), n, at, `cus_${n % 31}`),
  },
  {
    connection: "Production EU",
    queue: "invoices.dlq",
    make: (n, at) => decoded("invoices.dlq", "application/json", deathHeaders({ queue: "invoices", at }), json(`{"invoice":${n},"broken":`), n, at, null),
  },
];
