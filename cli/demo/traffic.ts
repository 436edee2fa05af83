import { connect } from "node:net";
import { DEMO_BROKERS } from "./brokers.ts";
import type { DemoBroker } from "./demo-broker.ts";
import { env } from "./env.ts";
import { pause, stoppable } from "./pace.ts";
import { start as startPgBoss } from "./pgboss-traffic.ts";
import { startRoutes } from "./routes.ts";

export type SampleTraffic = {
  /** `postgres://` address of the database that gets the schema `demo_pgboss`. */
  readonly postgresUrl: string;
  /** Traffic begins on each when something answers at its address. */
  readonly brokers: readonly Pick<DemoBroker, "url" | "isThere" | "start">[];
  /** Messages a second on each broker. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
};

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "amqps:": 5671, "kafka:": 9092, "redis:": 6379, "nats:": 4222, "rocketmq:": 8081, "http:": 8080 };
const ASK_AGAIN_MS = 10_000;

/** Starts the sample traffic on pg-boss, and on each broker from when it answers. Resolves to what stops all of it. */
export async function start({ postgresUrl, brokers, ...given }: SampleTraffic): Promise<() => Promise<void>> {
  const { options, stop } = stoppable({ ...given, url: postgresUrl });
  const pgBoss = await startPgBoss(options);
  const others = brokers.map(async (broker) => {
    if (await whenItAnswers(broker, options.signal)) return broker.start({ ...options, url: broker.url });
    return null;
  });
  return async () => {
    stop();
    await Promise.all([pgBoss(), ...others.map(async (other) => (await other)?.())]);
  };
}

/** Whether a broker of this kind is at its address now. */
export const isThere = async ({ url, isThere: asked }: Pick<DemoBroker, "url" | "isThere">): Promise<boolean> =>
  (await answers(url)) && (asked === undefined || (await asked(url).catch(() => false)));

/** Resolves to true when it is there, to false when the signal aborts first. */
async function whenItAnswers(broker: Pick<DemoBroker, "url" | "isThere">, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await isThere(broker)) return true;
    await pause(ASK_AGAIN_MS, signal);
  }
  return false;
}

/** Whether a port accepts connections within a second. */
export function answers(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || (DEFAULT_PORTS[protocol] ?? 5672)), timeout: 1_000 });
    const end = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

if (import.meta.main) {
  const ended = new AbortController();
  const given = { rate: env.rate, signal: ended.signal, log: (line: string) => void process.stdout.write(`${line}\n`) };
  const stops = [await startRoutes({ ...given, url: env.postgresUrl }), await start({ ...given, postgresUrl: env.postgresUrl, brokers: DEMO_BROKERS })];
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => void Promise.all(stops.map((stop) => stop())).then(() => process.exit(0)));
}
