import { z } from "zod";
import { manifests } from "./index.ts";

/** A place to publish to, on a broker of any kind. */
export const anyTarget = z.discriminatedUnion("kind", [
  manifests.rabbitmq.target,
  manifests.kafka.target,
  manifests["redis-list"].target,
  manifests["redis-stream"].target,
  manifests.nats.target,
  manifests.rocketmq.target,
  manifests.pulsar.target,
  manifests.pgboss.target,
]);
