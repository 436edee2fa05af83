import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Embedded, isFree, startEmbedded } from "#db/embedded/index.ts";
import { migrate } from "#db/migrate.ts";
import type { RedriveConfig } from "#core/config/check.ts";
import { recordInstallation } from "./config/record.ts";
import { ROOT } from "./env.ts";
import { authSecret, secretKey } from "./installation.ts";
import { type Child, keepRunning } from "./process/child.ts";
import { noteworthy, printable } from "./process/text.ts";
import { childEnvironment, type Launch, type Programs } from "./programs.ts";
import { databaseTime, until, webAnswers, workersBeat } from "./ready.ts";
import { buildWeb } from "./web-build.ts";

export type UpOptions = {
  /** Keys, and the embedded database where `databaseUrl` is absent. */
  readonly home: string;
  readonly databaseUrl: string | undefined;
  readonly host: string;
  /** Wished port of the web. */
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly secretKeyFile: string | undefined;
  readonly authSecret: string | undefined;
  /** What redrive.yaml says, or what the demo makes of its database; absent where there is neither. */
  readonly config?: RedriveConfig | ((databaseUrl: string) => Promise<RedriveConfig>);
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly programs: Programs;
  /** Next's development server and reloading workers, in place of a build. */
  readonly dev: boolean;
  /** Shows every line of the children, not just warnings and plain text. */
  readonly verbose: boolean;
  /** Prints one line for a person. */
  readonly say: (line: string) => void;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
};

/** Everything is running and has answered. */
export type Running = {
  readonly publicUrl: string;
  readonly databaseUrl: string;
  /** Stops web and workers, then PostgreSQL; `true` when nothing had to be killed. May be called twice. */
  stop(): Promise<boolean>;
};

const READY_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 8_000;
const PORTS_TO_TRY = 50;
const WATCH_POSTGRES_MS = 2_000;
/** So many crashes before a program was ever ready mean that it will not be. */
const HOPELESS = 4;

/**
 * Starts PostgreSQL (unless one is given), migrates, builds the web where needed, starts web and workers and waits
 * until both answer. Rejects with a sentence for a person; whatever had been started is stopped by then.
 */
export async function up(options: UpOptions): Promise<Running> {
  const stack = new AsyncDisposableStack();
  let clean = true;
  try {
    const databaseUrl = await openDatabase(options, stack);
    options.signal.throwIfAborted();
    await migrate(databaseUrl);
    const launch = await prepare(options, databaseUrl);
    await recordInstallation(databaseUrl, launch.secretKeyFile, await configOf(options, databaseUrl), options.say);
    if (!options.dev) {
      const env = childEnvironment(launch, "production");
      await buildWeb({ root: ROOT, env, say: options.say, signal: options.signal });
    }
    const since = await databaseTime(databaseUrl);
    const children = startPrograms(options, launch);
    stack.defer(async () => {
      const ends = await Promise.all(children.map(({ child }) => child.stop(STOP_LIMIT_MS)));
      clean = ends.every(Boolean);
    });
    await Promise.all([
      becomesReady(options, children[0], () => webAnswers(launch.port, launch.host)),
      becomesReady(options, children[1], () => workersBeat(databaseUrl, since)),
    ]);
    let stopping: Promise<boolean> | undefined;
    return {
      publicUrl: launch.publicUrl,
      databaseUrl,
      stop: () => (stopping ??= stack.disposeAsync().then(() => clean)),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

const configOf = async ({ config }: UpOptions, databaseUrl: string): Promise<RedriveConfig | undefined> =>
  typeof config === "function" ? config(databaseUrl) : config;

async function openDatabase(options: UpOptions, stack: AsyncDisposableStack): Promise<string> {
  if (options.databaseUrl !== undefined) {
    options.say(`PostgreSQL: ${withoutPassword(options.databaseUrl)}`);
    return options.databaseUrl;
  }
  await mkdir(options.home, { recursive: true });
  const embedded = await startEmbedded({ dataDir: join(options.home, "postgres"), log: options.say, stopOnSignal: false });
  stack.defer(() => embedded.stop());
  const watch = setInterval(() => void revive(embedded, options.say), WATCH_POSTGRES_MS);
  stack.defer(() => clearInterval(watch));
  options.say(`PostgreSQL: embedded, port ${embedded.port}, data in ${embedded.root}`);
  return embedded.url;
}

async function revive(embedded: Embedded, say: UpOptions["say"]): Promise<void> {
  try {
    if (await embedded.revive()) say("PostgreSQL had died and was started again");
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

async function prepare(options: UpOptions, databaseUrl: string): Promise<Launch> {
  const secretKeyFile = await secretKey(options.home, options.secretKeyFile);
  const secret = await authSecret(options.home, options.authSecret);
  const port = await freePort(options);
  const publicUrl = options.publicUrl ?? `http://localhost:${port}`;
  const { host, environment, dev } = options;
  return { databaseUrl, publicUrl, host, port, secretKeyFile, authSecret: secret, environment, dev };
}

async function freePort({ port, host, say }: UpOptions): Promise<number> {
  for (let candidate = port; candidate < Math.min(port + PORTS_TO_TRY, 65_536); candidate += 1) {
    if (!(await isFree(candidate, host))) continue;
    if (candidate !== port) say(`Port ${port} is taken: the web uses ${candidate}`);
    return candidate;
  }
  throw new Error(`The web finds no free port on ${host} from ${port} on. Set REDRIVE_PORT, or REDRIVE_HOST to an address of this machine.`);
}

type Started = { readonly child: Child; crashes: number; readonly last: string[] };

function startPrograms(options: UpOptions, launch: Launch): [web: Started, workers: Started, ...others: Started[]] {
  const start = (program: ReturnType<Programs["web"]>): Started => {
    const last: string[] = [];
    const child = keepRunning(program, {
      line: (text) => {
        const line = `${program.name.padEnd(7)} | ${printable(text)}`;
        if (last.push(line) > 20) last.shift();
        if (options.verbose || noteworthy(text)) options.say(line);
      },
      crashed: (how, count, delayMs) => {
        started.crashes = count;
        options.say(`${program.name} ended by itself (${how}); starting it again in ${delayMs / 1000} s`);
      },
    });
    const started: Started = { child, crashes: 0, last };
    return started;
  };
  const { web, workers, others } = options.programs;
  return [start(web(launch)), start(workers(launch)), ...(others?.(launch) ?? []).map(start)];
}

async function becomesReady({ signal }: UpOptions, started: Started, ask: () => Promise<boolean>): Promise<void> {
  const { name } = started.child;
  const hopeful = async (): Promise<boolean> => started.crashes >= HOPELESS || (await ask());
  const ready = await until(hopeful, READY_LIMIT_MS, signal);
  if (ready && started.crashes < HOPELESS) return;
  const what = ready ? `keeps crashing` : `did not become ready within ${READY_LIMIT_MS / 1000} s`;
  throw new Error(`${name} ${what}. Its last lines:\n${started.last.join("\n") || "(none)"}`);
}

function withoutPassword(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    return "the one in DATABASE_URL";
  }
}
