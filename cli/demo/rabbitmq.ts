import { captured, type DemoBroker } from "./demo-broker.ts";
import { env } from "./env.ts";
import { ROUTED_QUEUE } from "./routed-orders.ts";
import { SHOP_QUEUES } from "./shop-queues.ts";

/** Left for the visitor to find under Queues and to capture by hand. */
const NOT_CAPTURED = "shop.shipping_error";
const { hostname, port, pathname, username, password } = new URL(env.rabbitmqUrl);

/** A shop on RabbitMQ, each queue in the manner of another framework. */
export const rabbitmqDemo: DemoBroker = {
  name: "RabbitMQ",
  url: env.rabbitmqUrl,
  connection: {
    name: "shop",
    kind: "rabbitmq",
    settings: {
      host: hostname,
      port: Number(port || 5672),
      vhost: decodeURIComponent(pathname.slice(1)) || "/",
      username: decodeURIComponent(username) || "guest",
      tls: false,
      managementUrl: "",
      heartbeatSeconds: 10,
      queues: [...SHOP_QUEUES.flatMap(({ queue, dead }) => [queue, dead]), ROUTED_QUEUE].join("\n"),
    },
    secrets: { password: decodeURIComponent(password) || "guest" },
  },
  sources: SHOP_QUEUES.filter(({ dead }) => dead !== NOT_CAPTURED).map(({ dead }) => captured("shop", { queue: dead, type: "classic" })),
  start: async (options) => (await import("./rabbitmq-traffic.ts")).start(options),
};
