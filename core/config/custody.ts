import type { z } from "zod";
import type { BrokerKind, manifests } from "../brokers/index.ts";
import type { Custody } from "../brokers/manifest.ts";

type SourceOf<K extends BrokerKind> = z.infer<(typeof manifests)[K]["source"]>;

/** What capturing does to a source, as far as its description tells. A kind left out does not compile. */
const custody: { readonly [K in BrokerKind]: (source: SourceOf<K>) => Custody } = {
  rabbitmq: (source) => (source.type === "stream" ? "copied" : "taken"),
  pgboss: () => "taken",
  kafka: () => "copied",
  "redis-list": () => "taken",
  "redis-stream": (source) => (source.stuckIn === undefined ? "copied" : "taken"),
  nats: ({ mode, retention }) => (mode === "subject" ? "heard" : mode === "stream" && retention !== "limits" ? "taken" : "copied"),
  rocketmq: () => "copied",
  pulsar: () => "copied",
};

/** What capturing does to `source`, which must have been parsed by the manifest of `kind`. */
export const custodyOf = <K extends BrokerKind>(kind: K, source: SourceOf<K>): Custody => custody[kind](source);
