import { nats } from "#core/brokers/nats.ts";
import { captured, type DemoBroker } from "./demo-broker.ts";
import { env } from "./env.ts";

/** E-mails on JetStream, whose dead letters are advisories. */
export const natsDemo: DemoBroker = {
  name: "NATS",
  url: env.natsUrl,
  connection: { name: "mail", kind: "nats", settings: nats.settings.parse({ servers: new URL(env.natsUrl).host }), secrets: nats.secrets.parse({}) },
  sources: [captured("mail", { queue: "REDRIVE_ADVISORIES", mode: "advisories", retention: "limits" }, false)],
  start: async (options) => (await import("./nats-traffic.ts")).start(options),
};
