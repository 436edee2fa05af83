import { join } from "node:path";
import { ROOT } from "./env.ts";
import type { Program } from "./process/child.ts";

/** What both halves are started with. */
type Common = {
  readonly databaseUrl: string;
  readonly publicUrl: string;
  readonly host: string;
  readonly port: number;
  /** This process's environment, of which children get what `PASSED_ON` allows. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dev: boolean;
};
type WebLaunch = Common & { readonly authSecret: string };
type WorkersLaunch = Common & { readonly secretKeyFile: string };
export type Launch = WebLaunch & WorkersLaunch;

/** How to run the two halves; tests put their own programs here. */
export type Programs = {
  web(launch: WebLaunch): Program;
  workers(launch: WorkersLaunch): Program;
  /** Programs that are kept running and not waited for. */
  others?(launch: Launch): readonly Program[];
};

// An allow list, because the environment may hold the brokers' passwords that redrive.yaml names: the web must not
// be able to read them back, and the workers get them sealed, by way of the database.
const PASSED_ON =
  /^(PATH|HOME|USER|LANG|LC_[A-Z]+|TZ|TMPDIR|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|(HTTPS?|NO|ALL)_PROXY|OTEL_[A-Z_]+|REDRIVE_[A-Z_]+)$/i;

/** The environment both halves share, without any secret but the database's. */
export function childEnvironment({ environment, databaseUrl }: Pick<Common, "environment" | "databaseUrl">, mode: string): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && PASSED_ON.test(name)) passed[name] = value;
  }
  delete passed.REDRIVE_SECRET_KEY_FILE;
  delete passed.REDRIVE_AUTH_SECRET;
  delete passed.REDRIVE_IDEMPOTENCY_STORE;
  return { ...passed, DATABASE_URL: databaseUrl, NODE_ENV: mode, NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };
}

/** Where the web alone keeps producers' keys: it may hold a password. */
const idempotencyStore = ({ environment: { REDRIVE_IDEMPOTENCY_STORE: store } }: Pick<Common, "environment">): Record<string, string> => (store === undefined || store === "" ? {} : { REDRIVE_IDEMPOTENCY_STORE: store });

/** What routes sign and sign in with, for the workers alone. */
const routeSecrets = ({ environment }: Pick<Common, "environment">): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value !== undefined && /^ROUTE_[A-Z0-9_]+$/.test(name) ? [[name, value] as const] : [])));

/** `next start` (or `next dev`) and `workers/main.ts`. */
export const realPrograms: Programs = {
  web: (launch) => ({
    name: "web",
    args: [nextBin(), launch.dev ? "dev" : "start", "-p", String(launch.port), "-H", launch.host],
    env: {
      ...childEnvironment(launch, launch.dev ? "development" : "production"),
      REDRIVE_PUBLIC_URL: launch.publicUrl,
      REDRIVE_AUTH_SECRET: launch.authSecret,
      ...idempotencyStore(launch),
    },
    cwd: ROOT,
  }),
  workers: (launch) => ({
    name: "workers",
    args: [...(launch.dev ? ["--watch-preserve-output", "--watch"] : []), join(ROOT, "workers/main.ts")],
    env: { ...routeSecrets(launch), ...childEnvironment(launch, launch.dev ? "development" : "production"), REDRIVE_SECRET_KEY_FILE: launch.secretKeyFile },
    cwd: ROOT,
  }),
};

/** The same with the demo's sample traffic as one more program. */
export const withTraffic = (programs: Programs): Programs => ({
  ...programs,
  others: (launch) => [{ name: "traffic", args: [join(ROOT, "cli/demo/traffic.ts")], env: trafficEnvironment(launch), cwd: ROOT }],
});

/** Where the sample traffic looks for brokers, and how much of it there is. */
const DEMO_VARIABLES = new Set(["RABBITMQ_URL", "KAFKA_URL", "REDIS_URL", "NATS_URL", "ROCKETMQ_URL", "ROCKETMQ_NAME_SERVER", "PULSAR_URL", "DEMO_RATE"]);

function trafficEnvironment(launch: Launch): Record<string, string> {
  const own = Object.entries(launch.environment).flatMap(([name, value]) => (DEMO_VARIABLES.has(name) && value !== undefined ? [[name, value] as const] : []));
  return { ...childEnvironment(launch, "production"), ...Object.fromEntries(own) };
}

const nextBin = (): string => join(ROOT, "node_modules/next/dist/bin/next");
