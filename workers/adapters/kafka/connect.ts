import type { Producer } from "kafkajs";
import type { Adapter } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import { capture } from "./capture.ts";
import { openCluster } from "./cluster.ts";
import { faultOf } from "./faults.ts";
import { openProducer, publish } from "./publish.ts";
import { depths, discover } from "./topics.ts";

/** Opens a session with one Kafka cluster. Throws Fault. */
export const connectKafka: Adapter<typeof kafka> = async ({ name, settings, secrets, signal }) => {
  const cluster = await openCluster(name, settings, secrets, signal);
  const { admin, lost, close } = cluster;
  let producing: Promise<Producer> | null = null;
  const producer = (): Promise<Producer> => {
    producing ??= openProducer(cluster);
    producing.catch(() => (producing = null));
    return producing;
  };
  return {
    async ping(deadline) {
      await before(admin.describeCluster(), deadline, "the cluster did not answer in time").catch((error: unknown) => {
        throw faultOf(error);
      });
    },
    capture: (source, from, limits, stop) => capture(cluster, settings.group, source.queue, from, limits, stop),
    async publish(messages, target, deadline) {
      try {
        return await publish(cluster, await producer(), messages, target, deadline);
      } catch (error) {
        const fault = faultOf(error);
        return messages.map(() => ({ status: "refused", fault }));
      }
    },
    depth: (sources, deadline) => depths(admin, settings.group, sources, deadline),
    discover: (deadline) => discover(admin, deadline),
    lost,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
};
