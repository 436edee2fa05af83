import type { z } from "zod";
import type { Adapter } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { rocketmq } from "#core/brokers/rocketmq.ts";
import { capture } from "./capture.ts";
import { openCluster } from "./cluster.ts";
import type { ProxyLane } from "./proxy-lane.ts";
import { publish } from "./publish.ts";
import { depths, discover } from "./topics.ts";
import { knock } from "./wire.ts";

/** Opens a session with one RocketMQ cluster. Throws Fault. */
export const connectRocketMq: Adapter<typeof rocketmq> = async ({ name, settings, secrets, signal }) => {
  const cluster = await openCluster(name, settings, secrets, signal);
  let proxy: ProxyLane | null = null;
  try {
    if (settings.proxy !== "") proxy = await openProxy(settings, secrets.accessSecret, signal);
  } catch (error) {
    cluster.close();
    throw error;
  }
  return {
    ping: (deadline) => before(cluster.greet(), deadline, "the cluster did not answer in time"),
    capture: (source, from, limits, stop) => capture(cluster, settings.group, source.queue, from, limits, stop),
    publish: (messages, target, deadline) => publish(cluster, proxy, messages, target.topic, deadline),
    depth: (sources, deadline) => depths(cluster, settings.group, sources, deadline),
    discover: (deadline) => discover(cluster, deadline),
    lost: cluster.lost,
    async [Symbol.asyncDispose]() {
      proxy?.close();
      cluster.close();
    },
  };
};

/** Says at once when nobody listens at the proxy's address; the client itself, which is large, is loaded where it is needed. */
async function openProxy(settings: z.infer<(typeof rocketmq)["settings"]>, accessSecret: string, signal: AbortSignal): Promise<ProxyLane> {
  const [{ proxyLane }] = await Promise.all([import("./proxy-lane.ts"), before(knock(settings.proxy), signal, "the proxy did not answer in time")]);
  return proxyLane(settings, accessSecret);
}
