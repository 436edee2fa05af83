import type { Adapter } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { redisStream } from "#core/brokers/redis-stream.ts";
import { faultOf } from "./faults.ts";
import { openLink } from "./link.ts";
import { captureDead } from "./stream-dead.ts";
import { publishToStream } from "./stream-publish.ts";
import { discoverStreams, streamDepths } from "./stream-queues.ts";
import { captureStuck } from "./stream-stuck.ts";

/** Opens a session with the streams of one Redis. Throws Fault. */
export const connectRedisStream: Adapter<typeof redisStream> = async (input) => {
  const link = await openLink(input);
  const { redis, lost, close } = link;
  const { group, keys } = input.settings;
  return {
    async ping(signal) {
      await before(redis.ping(), signal, "Redis did not answer in time").catch((error: unknown) => {
        throw faultOf(error);
      });
    },
    capture: (source, from, limits, stop) =>
      source.stuckIn === undefined ? captureDead(link, group, source, from, limits, stop) : captureStuck(link, source.stuckIn, source, from, limits, stop),
    publish: (messages, target, signal) => publishToStream(redis, messages, target.key, signal),
    depth: (sources, signal) => streamDepths(redis, group, sources, signal),
    discover: (signal) => discoverStreams(redis, group, keys, signal),
    lost,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
};
