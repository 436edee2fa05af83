import type { Adapter } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import { capture } from "./capture.ts";
import { openCluster } from "./cluster.ts";
import { faultOf } from "./faults.ts";
import { depths } from "./depth.ts";
import { publish } from "./publish.ts";
import { discover } from "./topics.ts";
import { openWriter } from "./writer.ts";

/** Opens a session with one Kafka cluster. Throws Fault. */
export const connectKafka: Adapter<typeof kafka> = async ({ name, settings, secrets, signal }) => {
  const cluster = await openCluster(name, settings, secrets, signal);
  const { admin, known, lost, close } = cluster;
  const writer = openWriter(cluster);
  return {
    async ping(deadline) {
      await before(admin.describeCluster(), deadline, "the cluster did not answer in time").catch((error: unknown) => {
        throw faultOf(error);
      });
    },
    capture: (source, from, limits, stop) => capture(cluster, settings.group, source.queue, from, limits, stop),
    publish: (messages, target, deadline) => publish({ known, writer }, messages, target, deadline),
    depth: (sources, deadline) => depths(cluster, settings.group, sources, deadline),
    discover: (deadline) => discover(cluster, deadline),
    lost,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
};
