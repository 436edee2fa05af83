import type { Adapter } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { rocketmq } from "#core/brokers/rocketmq.ts";
import { capture } from "./capture.ts";
import { openCluster } from "./cluster.ts";
import { publish } from "./publish.ts";
import { depths, discover } from "./topics.ts";

/** Opens a session with one RocketMQ cluster. Throws Fault. */
export const connectRocketMq: Adapter<typeof rocketmq> = async ({ name, settings, secrets, signal }) => {
  const cluster = await openCluster(name, settings, secrets, signal);
  return {
    ping: (deadline) => before(cluster.greet(), deadline, "the cluster did not answer in time"),
    capture: (source, from, limits, stop) => capture(cluster, settings.group, source.queue, from, limits, stop),
    publish: (messages, target, deadline) => publish(cluster, messages, target.topic, deadline),
    depth: (sources, deadline) => depths(cluster, settings.group, sources, deadline),
    discover: (deadline) => discover(cluster, deadline),
    lost: cluster.lost,
    async [Symbol.asyncDispose]() {
      cluster.close();
    },
  };
};
