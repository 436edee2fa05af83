import { chown, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { refuse } from "./failure.ts";
import { type Home, prepareLog } from "./home.ts";
import type { OsUser } from "./os-user.ts";
import { freePorts } from "./port.ts";
import { gone, livingPostmaster, type Postmaster } from "./postmaster.ts";
import { run } from "./run.ts";

/** How the server ends: `fast` rolls back and writes everything down, `immediate` is a crash on purpose. */
export type StopMode = "fast" | "immediate";
export type Parts = {
  readonly home: Home;
  readonly binaries: Binaries;
  readonly as: OsUser | undefined;
  readonly password: string;
  /** Extra server settings, e.g. `fsync: "off"`; names and values without spaces. */
  readonly settings: Readonly<Record<string, string>>;
};

/** The superuser, and the name of the database. */
export const NAME = "redrive";
const START_LIMIT_SECONDS = 60;
const RECOVERY_LIMIT_MS = 15_000;

/** Makes the data directory where there is none; an initdb that was cut short leaves nothing behind. */
export async function initialise({ home, binaries, as, password }: Parts): Promise<void> {
  const version = (await readFile(join(home.data, "PG_VERSION"), "utf8").catch(() => "")).trim();
  const major = binaries.version.split(".")[0] ?? "";
  if (version === major) return;
  if (version !== "") {
    throw refuse(`The data in ${home.data} were made by PostgreSQL ${version}, and this Redrive brings ${major}. Start the older Redrive and export them.`);
  }
  const fresh = `${home.data}.new`;
  const secret = `${home.password}.initdb`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(secret, password, { mode: 0o600 });
  if (as) await Promise.all([chown(fresh, as.uid, as.gid), chown(secret, as.uid, as.gid)]);
  try {
    const made = await run(join(binaries.bin, "initdb"), [
      "--pgdata", fresh, "--username", NAME, "--pwfile", secret, "--auth", "scram-sha-256",
      "--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions",
    ], as); // prettier-ignore
    if (made.code !== 0) throw refuse(`The database in ${home.data} could not be made: ${complaint(made.output)}.`);
    await rename(fresh, home.data);
  } finally {
    await rm(secret, { force: true });
  }
}

/** Starts the server on the first port that is free, and remembers it. Recovers what a crash left. */
export async function launch(parts: Parts, wanted: number | undefined): Promise<Postmaster> {
  const { home } = parts;
  await prepareLog(home, parts.as);
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  for await (const port of freePorts(home, wanted)) {
    for (;;) {
      const failure = await tryLaunch(parts, port);
      if (failure === undefined) {
        const running = await livingPostmaster(home);
        if (!running) throw refuse(`PostgreSQL started and was gone at once. Its log: ${home.log}.`);
        await writeFile(home.port, `${port}\n`);
        return running;
      }
      if (/could not bind|Address already in use/.test(failure)) break;
      // The children of a killed server need a moment to notice that it is gone.
      if (!/shared memory block|lock file/.test(failure) || performance.now() > deadline) {
        throw refuse(`PostgreSQL does not start: ${complaint(failure)}. Its log: ${home.log}.`);
      }
      await pause(100);
    }
  }
  throw refuse("No free port was found for the embedded PostgreSQL.");
}

/** Text of the failure, or `undefined` once the server takes connections. */
async function tryLaunch({ home, binaries, as, settings }: Parts, port: number): Promise<string | undefined> {
  const before = (await stat(home.log)).size;
  const all = { port: String(port), listen_addresses: "127.0.0.1", max_connections: "200", timezone: "UTC", log_timezone: "UTC", ...settings };
  const options = Object.entries(all).map(([name, value]) => `-c ${name}=${value}`).join(" "); // prettier-ignore
  const started = await run(join(binaries.bin, "pg_ctl"), [
    "start", "--wait", `--timeout=${START_LIMIT_SECONDS}`, "--silent", "--pgdata", home.data, "--log", home.log,
    "--options", `${options} -c unix_socket_directories=`,
  ], as); // prettier-ignore
  if (started.code === 0) return undefined;
  const written = (await readFile(home.log)).subarray(before).toString("utf8");
  return `${written}\n${started.output}`;
}

/** Ends the server; returns when its process is gone. `fast` that takes longer than `limitMs` becomes `immediate`. */
export async function halt({ home, binaries, as }: Parts, server: Postmaster, mode: StopMode, limitMs = 20_000): Promise<void> {
  const stop = (how: StopMode): ReturnType<typeof run> =>
    run(join(binaries.bin, "pg_ctl"), ["stop", "--no-wait", "--silent", `--mode=${how}`, "--pgdata", home.data], as);
  await stop(mode);
  if (await gone(server.pid, limitMs)) return;
  await stop("immediate");
  if (!(await gone(server.pid, 5_000))) process.kill(server.pid, "SIGKILL");
}

function complaint(output: string): string {
  const told = output.split("\n").find((line) => /FATAL|PANIC|error:|HINT|could not/.test(line));
  return (told ?? output.trim().split("\n").at(-1) ?? "no reason given").replace(/^.*?(FATAL|PANIC|error):\s*/, "").trim();
}
