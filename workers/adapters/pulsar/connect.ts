import type { Adapter } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { pulsar } from "#core/brokers/pulsar.ts";
import { capture } from "./capture.ts";
import { connect } from "./connection.ts";
import { depths } from "./depth.ts";
import { discover } from "./discover.ts";
import { publish } from "./publish.ts";

/** How long disposal waits for publishes under way, in ms. */
const PUBLISHES_MS = 10_000;
const LATE = "Pulsar did not answer in time";

/** Opens a session with one Pulsar cluster. Throws Fault. */
export const connectPulsar: Adapter<typeof pulsar> = async ({ settings, secrets, signal }) => {
  const connection = await connect(settings, secrets.token, signal);
  const underWay = new Set<Promise<unknown>>();
  return {
    lost: connection.lost,
    ping: (stop) => connection.ping(stop),
    // what was read is the subscription's to remember, in the broker
    capture: (source, _from, limits, stop) => capture(connection, source.queue, limits, stop),
    publish: (messages, target, stop) => {
      const outcomes = publish(connection, messages, target.topic, stop);
      underWay.add(outcomes);
      return outcomes.finally(() => underWay.delete(outcomes));
    },
    depth: (sources, stop) => before(depths(connection, sources.map(({ queue }) => queue), stop), stop, LATE),
    discover: (stop) => before(discover(connection, stop), stop, LATE),
    [Symbol.asyncDispose]: async () => {
      await before(Promise.all(underWay), AbortSignal.timeout(PUBLISHES_MS), "publishes under way").catch(() => undefined);
      await connection.close();
    },
  };
};
