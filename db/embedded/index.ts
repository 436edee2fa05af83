import postgres from "postgres";
import { locateBinaries } from "./binaries.ts";
import { refuse } from "./failure.ts";
import { homeAt, openHome, ownPassword } from "./home.ts";
import { serverUser } from "./os-user.ts";
import { becomeOwner, currentOwner, resign } from "./owner.ts";
import { gone, livingPostmaster, type Postmaster } from "./postmaster.ts";
import { alive } from "./process.ts";
import { halt, initialise, launch, NAME, type Parts, type StopMode } from "./server.ts";

export { isFree } from "./port.ts";

/** Binaries and data go here when the clone lies where the server's user may not go. */
const SHARED = "/var/lib/redrive";

export type EmbeddedOptions = {
  /** Folder for data, log and password; made where missing. */
  readonly dataDir: string;
  /** Wished port; another free one is taken where it is in use. */
  readonly port?: number;
  readonly log?: (line: string) => void;
  /** `true` (default): SIGINT and SIGTERM of this process stop the server first. `false`: the caller stops it. */
  readonly stopOnSignal?: boolean;
  /** Server settings on top of ours, e.g. `{ fsync: "off" }` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Replaces /var/lib/redrive. */
  readonly sharedDir?: string;
};

export type Embedded = {
  /** `postgres://` address of database and superuser `redrive`, password included. */
  readonly url: string;
  readonly port: number;
  /** Where the data really are. */
  readonly root: string;
  /** Stops the server and waits for its end; may be called twice. */
  stop(): Promise<void>;
  /** Stops in the given mode and starts again on the same port. */
  restart(mode: StopMode): Promise<void>;
  /** Starts the server again where it has died by itself; returns whether it had. */
  revive(): Promise<boolean>;
  /** Kills the server as a power cut would; for tests. */
  kill9(): Promise<void>;
};

/**
 * Starts the PostgreSQL that came with npm, or takes over the one a killed run left behind.
 * Rejects with an `EmbeddedPostgresError` whose message tells a person what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const log = options.log ?? (() => undefined);
  const shared = options.sharedDir ?? SHARED;
  const as = await serverUser(homeAt(options.dataDir).data);
  const home = await openHome(options.dataDir, shared, as, log);
  await becomeOwner(home);
  try {
    // As root, data that moved elsewhere may belong to another user than the one chosen before the move was known.
    const user = (await serverUser(home.data)) ?? as;
    const binaries = await locateBinaries(user ? shared : home.root, user, log);
    const parts: Parts = { home, binaries, as: user, password: await ownPassword(home), settings: options.settings ?? {} };
    const server = (await takeOver(parts, log)) ?? (await begin(parts, options.port));
    await ensureDatabase(parts, server.port);
    return own(parts, server, options.stopOnSignal ?? true);
  } catch (error) {
    resign(home);
    throw error;
  }
}

/**
 * Ends the server of a folder whose owner was killed; for sweeping up after test runs. Does nothing while the owner lives.
 * Returns whether the folder is free now.
 */
export async function stopOrphan(dataDir: string): Promise<boolean> {
  const home = homeAt(dataDir);
  if (await currentOwner(home)) return false;
  const server = await livingPostmaster(home);
  if (!server) return true;
  process.kill(server.pid, "SIGQUIT");
  return gone(server.pid, 10_000);
}

async function begin(parts: Parts, port: number | undefined): Promise<Postmaster> {
  await initialise(parts);
  return launch(parts, port);
}

async function takeOver(parts: Parts, log: (line: string) => void): Promise<Postmaster | undefined> {
  const left = await livingPostmaster(parts.home);
  if (!left) return undefined;
  if (await answers(parts, left.port)) {
    log(`took over the PostgreSQL (process ${left.pid}, port ${left.port}) that an earlier run left running`);
    return left;
  }
  log(`stopping a PostgreSQL (process ${left.pid}) of an earlier run that does not answer`);
  await halt(parts, left, "immediate");
  return undefined;
}

function own(parts: Parts, first: Postmaster, stopOnSignal: boolean): Embedded {
  let server = first;
  let stopping: Promise<void> | undefined;
  const onExit = (): void => {
    // A process that ends without stop(): ask for a clean end and do not wait, nothing asynchronous runs any more.
    try {
      process.kill(server.pid, "SIGINT");
    } catch {
      // Gone already.
    }
    resign(parts.home);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    void stop().finally(() => process.kill(process.pid, signal));
  };
  const stop = (): Promise<void> => {
    stopping ??= halt(parts, server, "fast").finally(() => {
      process.off("exit", onExit).off("SIGINT", onSignal).off("SIGTERM", onSignal);
      resign(parts.home);
    });
    return stopping;
  };
  const relaunch = async (): Promise<void> => {
    server = await launch(parts, first.port);
    if (server.port === first.port) return;
    // Everyone was told the old address.
    await halt(parts, server, "fast");
    throw refuse(`Port ${first.port} was taken while PostgreSQL restarted. Free it and start again.`);
  };
  process.once("exit", onExit);
  if (stopOnSignal) process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  return {
    url: address(parts, server.port, NAME),
    port: server.port,
    root: parts.home.root,
    stop,
    restart: async (mode) => {
      await halt(parts, server, mode);
      await relaunch();
    },
    revive: async () => {
      if (stopping || alive(server.pid)) return false;
      await relaunch();
      return true;
    },
    kill9: async () => {
      process.kill(server.pid, "SIGKILL");
      await gone(server.pid, 5_000);
    },
  };
}

const address = (parts: Parts, port: number, database: string): string =>
  `postgres://${NAME}:${parts.password}@127.0.0.1:${port}/${database}`;

async function answers(parts: Parts, port: number): Promise<boolean> {
  const sql = postgres(address(parts, port, "postgres"), { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function ensureDatabase(parts: Parts, port: number): Promise<void> {
  const sql = postgres(address(parts, port, "postgres"), { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const found = await sql`select 1 from pg_database where datname = ${NAME}`;
    if (found.length === 0) await sql`create database ${sql(NAME)}`;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
