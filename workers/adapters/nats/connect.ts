import type { Adapter } from "#core/brokers/adapter.ts";
import type { nats } from "#core/brokers/nats.ts";
import { Fault } from "#core/fault.ts";
import { keepAdvisories } from "./advisory-stream.ts";
import { capture } from "./capture.ts";
import { connect } from "./connection.ts";
import { before } from "#core/brokers/deadline.ts";
import { depth } from "./depth.ts";
import { discover } from "./discover.ts";
import { faultOf } from "./faults.ts";
import { hear } from "./hear.ts";
import { publish } from "./publish.ts";
import { publishOnce } from "./publish-once.ts";

/** How long disposal waits for publishes under way, in ms. */
const PUBLISHES_MS = 10_000;
const LATE = "JetStream did not answer in time";

/** Opens a session, and makes sure that advisories are kept from now on, where the login may. Throws Fault. */
export const connectNats: Adapter<typeof nats> = async (input) => {
  const { settings, signal } = input;
  const connection = await connect(input, signal);
  try {
    await before(keepAdvisories(connection, settings.advisoryStream), signal, LATE);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const underWay = new Set<Promise<unknown>>();
  return {
    lost: connection.lost,
    ping: async (stop) => {
      const asking = connection.jsm.getAccountInfo().catch((error: unknown) => {
        const fault = connection.fault() ?? faultOf(error);
        // without JetStream there still are subjects
        if (fault.code !== "unsupported" || settings.domain !== "") throw fault;
      });
      await before(asking, stop, LATE);
    },
    capture: (source, from, limits, stop) => (source.mode === "subject" ? hear(connection, source, from, limits, stop) : capture(connection, source, from, limits, stop)),
    publish: (messages, target, stop) => {
      const outcomes = (target.delivery === undefined ? publish : publishOnce)(connection, messages, target, stop);
      underWay.add(outcomes);
      return outcomes.finally(() => underWay.delete(outcomes));
    },
    depth: (sources, stop) => before(depth(connection, sources), stop, LATE),
    discover: (stop) => before(discover(connection, settings.advisoryStream), stop, LATE),
    [Symbol.asyncDispose]: async () => {
      const all = Promise.all(underWay);
      await before(all, AbortSignal.timeout(PUBLISHES_MS), "publishes under way").catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
      });
      await connection.close();
    },
  };
};
