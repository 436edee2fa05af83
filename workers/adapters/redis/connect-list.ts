import type { Adapter } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { redisList } from "#core/brokers/redis-list.ts";
import { faultOf } from "./faults.ts";
import { openLink } from "./link.ts";
import { captureList } from "./list-capture.ts";
import { publishToList } from "./list-publish.ts";
import { discoverLists, listDepths } from "./list-queues.ts";

/** Opens a session with the lists of one Redis. Throws Fault. */
export const connectRedisList: Adapter<typeof redisList> = async (input) => {
  const link = await openLink(input);
  const { redis, lost, close } = link;
  const { cluster, keys } = input.settings;
  return {
    async ping(signal) {
      await before(redis.ping(), signal, "Redis did not answer in time").catch((error: unknown) => {
        throw faultOf(error);
      });
    },
    capture: (source, _from, limits, stop) => captureList({ ...link, cluster }, source, limits, stop),
    publish: (messages, target, signal) => publishToList(redis, messages, target, signal),
    depth: (sources, signal) => listDepths(redis, cluster, sources, signal),
    discover: (signal) => discoverLists(redis, cluster, keys, signal),
    lost,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
};
