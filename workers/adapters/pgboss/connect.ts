import type { Adapter, AdapterInput } from "#core/brokers/adapter.ts";
import type { pgboss } from "#core/brokers/pgboss.ts";
import { Fault } from "#core/fault.ts";
import { capture } from "./capture.ts";
import { asFault } from "./faults.ts";
import { openLane, type Access, type Lane } from "./lane.ts";
import { lanePool, read } from "./lane-pool.ts";
import { publish } from "./publish.ts";
import { startPulse } from "./pulse.ts";
import { depth, discover } from "./queues.ts";
import { checkPrivileges, probeShape, type Shape } from "./shape.ts";

/** Batches held at the same time, and connections for everything else. Made when needed. */
const HOLDING = 4;
const WORKING = 3;
/** A half-open connection is noticed within this and the pulse's beat. */
const PULSE_DEADLINE_MS = 5_000;

/** Opens a session with the pg-boss of one schema. Throws Fault. */
export const connectPgBoss: Adapter<typeof pgboss> = async (input) => {
  const access = accessOf(input);
  const lane = openLane(access, PULSE_DEADLINE_MS);
  const shape = await greet(lane, input);
  const pulse = startPulse(lane, shape);
  const holding = lanePool(access, HOLDING);
  const working = lanePool(access, WORKING);
  const close = (): void => {
    pulse.stop();
    holding.close();
    working.close();
  };
  pulse.lost.catch(close);
  const parts = { pool: working, shape };
  return {
    async ping(signal) {
      await read(working, signal, (sql) => sql`select from ${sql(shape.schema)}.queue limit 1`);
    },
    capture: (source, _from, limits, stop) => capture({ pool: holding, pulse, shape }, source.queue, limits, stop),
    publish: (messages, target, signal) => publish(parts, messages, target.queue, signal),
    depth: (sources, signal) => depth(parts, sources, signal),
    discover: (signal) => discover(parts, signal),
    lost: pulse.lost,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
};

/** The first statements, with the caller's signal. */
async function greet(lane: Lane, { settings, signal }: AdapterInput<typeof pgboss>): Promise<Shape> {
  const abort = (): void => lane.destroy();
  signal.addEventListener("abort", abort);
  try {
    if (signal.aborted) throw new Fault("timeout", "stopped before connecting");
    const shape = await probeShape(lane, settings.schema);
    await checkPrivileges(lane, shape);
    return shape;
  } catch (error) {
    lane.destroy();
    throw signal.aborted ? new Fault("timeout", "stopped before PostgreSQL answered") : asFault(error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

const accessOf = ({ name, settings, secrets }: AdapterInput<typeof pgboss>): Access => ({
  name,
  host: settings.host,
  port: settings.port,
  database: settings.database,
  username: settings.username,
  tls: settings.tls,
  password: secrets.password,
});
