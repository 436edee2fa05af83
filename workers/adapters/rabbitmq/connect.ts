import type { Adapter, Depth } from "#core/brokers/adapter.ts";
import type { rabbitmq } from "#core/brokers/rabbitmq.ts";
import { Fault } from "#core/fault.ts";
import { capture, type Source } from "./capture.ts";
import { channelPool } from "./channel-pool.ts";
import { connect } from "./connection.ts";
import { before } from "#core/brokers/deadline.ts";
import { depthByApi, depthByDeclare } from "./depth.ts";
import { discoverByApi, discoverByName, namesIn } from "./discover.ts";
import { faultOf } from "./faults.ts";
import { publish } from "./publish.ts";
import { publishers } from "./publisher.ts";

/** How long disposal waits for publishes under way, in ms; each has its own deadline for verdicts. */
const PUBLISHES_MS = 10_000;

/** Opens a session: a connection for reading, and one for publishing once it is needed. Throws Fault. */
export const connectRabbit: Adapter<typeof rabbitmq> = async ({ name, settings, secrets, signal }) => {
  const { queues, managementUrl, ...login } = settings;
  const connection = await connect({ ...login, password: secrets.password, name }, signal);
  const probes = channelPool(connection.openChannel);
  const publishing = publishers(() =>
    connect({ ...login, password: secrets.password, name: `${name} (publish)` }, AbortSignal.timeout(PUBLISHES_MS)),
  );
  const underWay = new Set<Promise<unknown>>();
  const management =
    managementUrl === ""
      ? null
      : { url: managementUrl, vhost: settings.vhost, username: settings.username, password: secrets.password };

  const byDeclare = async (sources: readonly Source[], stop: AbortSignal): Promise<Depth[]> => {
    const fault = connection.fault();
    if (fault !== null) throw fault;
    const depths = await before(depthByDeclare(probes, sources, stop), stop, "the queues did not answer in time");
    return connection.fault() === null ? depths : Promise.reject(connection.fault());
  };

  return {
    lost: connection.lost,
    ping: async (stop) => {
      const tracked = await before(probes.take(), stop, "the broker did not answer in time");
      await before(tracked.channel.prefetch(1), stop, "the broker did not answer in time").catch((error: unknown) => {
        throw tracked.fault() ?? faultOf(error);
      });
      probes.giveBack(tracked);
    },
    capture: (source, from, limits, stop) => capture(connection, source, from, limits, stop),
    publish: async (messages, target, stop) => {
      const fault = connection.fault();
      const outcomes = publish(fault === null ? publishing.get() : Promise.reject(fault), messages, target, stop);
      underWay.add(outcomes);
      return outcomes.finally(() => underWay.delete(outcomes));
    },
    depth: async (sources, stop) => {
      if (management === null) return byDeclare(sources, stop);
      return depthByApi(management, sources, stop).catch(() => byDeclare(sources, stop));
    },
    discover: async (stop) => {
      if (management !== null) return discoverByApi(management, stop);
      const named = namesIn(queues).map((queue): Source => ({ queue, type: "classic" }));
      const depths = await byDeclare(named, stop);
      const there = named.filter((_, index) => {
        const depth = depths[index];
        return depth?.kind !== "unknown" || depth.fault.code !== "not_found";
      });
      return discoverByName(there.map(({ queue }) => queue));
    },
    [Symbol.asyncDispose]: async () => {
      const all = Promise.all(underWay);
      await before(all, AbortSignal.timeout(PUBLISHES_MS), "publishes under way").catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
      });
      await Promise.all([publishing.close(), connection.close()]);
    },
  };
};
