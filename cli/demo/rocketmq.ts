import { rocketmq } from "#core/brokers/rocketmq.ts";
import { captured, type DemoBroker } from "./demo-broker.ts";
import { env } from "./env.ts";

const { host, username, password } = new URL(env.rocketmqUrl);

/** Shipments on RocketMQ, which keeps the dead letters of each consumer group itself. */
export const rocketMqDemo: DemoBroker = {
  name: "RocketMQ",
  url: `${env.rocketmqUrl}?nameServer=${env.rocketmqNameServer}`,
  connection: {
    name: "shipping",
    kind: "rocketmq",
    settings: rocketmq.settings.parse({ proxy: host, nameServer: env.rocketmqNameServer, accessKey: decodeURIComponent(username) }),
    secrets: { accessSecret: decodeURIComponent(password) },
  },
  sources: [captured("shipping", { queue: "%DLQ%demo-shipping" }, false)],
  start: async (options) => (await import("./rocketmq-traffic.ts")).start(options),
};
