import { pulsar } from "#core/brokers/pulsar.ts";
import { captured, type DemoBroker } from "./demo-broker.ts";
import { env } from "./env.ts";
import { pulsarAddress } from "./pulsar-address.ts";

const { web, token } = pulsarAddress(env.pulsarUrl);
const DEAD = "persistent://public/default/demo.refunds-billing-DLQ";

/** Refunds on Pulsar, dead ones in a topic as the clients of Pulsar name it. */
export const pulsarDemo: DemoBroker = {
  name: "Pulsar",
  url: env.pulsarUrl,
  // many a program listens on 8080
  isThere: async (url) => {
    const { web: asked, headers } = pulsarAddress(url);
    const answer: unknown = await fetch(`${asked}/admin/v2/clusters`, { headers, signal: AbortSignal.timeout(2_000) }).then((response) => response.json());
    return Array.isArray(answer);
  },
  connection: { name: "refunds", kind: "pulsar", settings: pulsar.settings.parse({ webServiceUrl: web }), secrets: { token } },
  sources: [captured("refunds", { queue: DEAD }, false)],
  start: async (options) => (await import("./pulsar-traffic.ts")).start(options),
};
