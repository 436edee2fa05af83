import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stopOrphan } from "#db/embedded/index.ts";
import { alive } from "#db/embedded/process.ts";
import { eventually } from "#test/eventually.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { standIns } from "#test/supervisor.ts";
import { ROOT } from "./env.ts";
import { type Running, up, type UpOptions } from "./up.ts";

let home = "";
let port = 0;
let database: TestDatabase;
let lines: string[] = [];
const running: Running[] = [];
const supervisors: ChildProcess[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "redrive-up-"));
  await chmod(home, 0o755);
  database = await testDatabase();
  port = await unusedPort();
  lines = [];
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  for (const supervisor of supervisors.splice(0)) supervisor.kill("SIGKILL");
  await eventually(() => stopOrphan(join(home, "postgres")));
  await database.drop();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

async function start(change: Partial<UpOptions> = {}): Promise<Running> {
  const started = await up({
    home, databaseUrl: database.url, host: "127.0.0.1", port, publicUrl: undefined, secretKeyFile: undefined,
    authSecret: undefined, environment: {}, programs: standIns(), dev: true, verbose: true, say: (line) => lines.push(line),
    signal: new AbortController().signal, ...change,
  }); // prettier-ignore
  running.push(started);
  return started;
}

async function unusedPort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address ? address.port : 0;
}

async function query<T>(url: string, act: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await act(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const workerPids = (url: string): Promise<number[]> =>
  query(url, async (sql) => (await sql`select pid from workers order by started_at`).map((row) => Number(row.pid)));

const health = async (publicUrl: string): Promise<number> => (await fetch(`${publicUrl}/api/health`)).status;

/** The supervisor as a process of its own, with its embedded database, once it has said that it is ready. */
async function supervisor(): Promise<{ child: ChildProcess; publicUrl: string; databaseUrl: string }> {
  const child = spawn(process.execPath, [join(ROOT, "test/programs/supervisor.ts"), home, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  supervisors.push(child);
  const output = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    output.on("line", (line) => {
      seen.push(line);
      const [word, publicUrl = "", databaseUrl = ""] = line.split(" ");
      if (word === "ready") resolve({ child, publicUrl, databaseUrl });
    });
    child.once("exit", () => reject(new Error(seen.join("\n"))));
  });
}

test("both halves run and have answered, and a stop leaves neither", async () => {
  const started = await start();
  expect(await health(started.publicUrl)).toBe(200);
  const [worker = 0] = await workerPids(database.url);
  expect(alive(worker)).toBe(true);
  expect(await started.stop()).toBe(true);
  expect(alive(worker)).toBe(false);
  await expect(health(started.publicUrl)).rejects.toThrow();
});

test("the keys are made once, for this user's eyes only", async () => {
  await (await start()).stop();
  const files = ["broker-secrets.pem", "auth-secret"].map((name) => join(home, "secrets", name));
  const first = await Promise.all(files.map((file) => readFile(file, "utf8")));
  for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(home, "secrets"))).mode & 0o777).toBe(0o700);
  await start();
  expect(await Promise.all(files.map((file) => readFile(file, "utf8")))).toEqual(first);
});

test("a program that dies is started again", async () => {
  await start();
  const [first = 0] = await workerPids(database.url);
  process.kill(first, "SIGKILL");
  await eventually(async () => (await workerPids(database.url)).length === 2);
  expect(lines.join("\n")).toContain("workers ended by itself (signal SIGKILL); starting it again in 0.5 s");
});

test("a taken port of the web is avoided, and that is said", async () => {
  const blocker = createServer().listen(port, "127.0.0.1");
  await once(blocker, "listening");
  const started = await start();
  expect(started.publicUrl).not.toBe(`http://localhost:${port}`);
  expect(await health(started.publicUrl)).toBe(200);
  expect(lines).toContain(`Port ${port} is taken: the web uses ${new URL(started.publicUrl).port}`);
  blocker.close();
});

test("a program that never gets ready ends the start with its last words, and nothing is left running", async () => {
  const programs = standIns({ web: ["--eval", "console.error('no app \\x1b[2J here'); process.exit(3)"] });
  await expect(start({ programs })).rejects.toThrow(/web keeps crashing\. Its last lines:\n(.*\n)*web {5}\| no app \\x1b\[2J here/);
  for (const pid of await workerPids(database.url)) expect(alive(pid)).toBe(false);
});

test("a start that is interrupted stops what it had begun", async () => {
  const interrupt = new AbortController();
  const starting = start({ programs: standIns({ web: ["--eval", "setInterval(() => {}, 1000)"] }), signal: interrupt.signal });
  const outcome = expect(starting).rejects.toThrow("aborted");
  await eventually(async () => (await workerPids(database.url)).length === 1);
  interrupt.abort();
  await outcome;
  for (const pid of await workerPids(database.url)) expect(alive(pid)).toBe(false);
});

test("what does not go when asked is killed, and the stop says so", async () => {
  const started = await start({ programs: standIns({ workers: ["stubborn"] }) });
  const [worker = 0] = await workerPids(database.url);
  const began = performance.now();
  expect(await started.stop()).toBe(false);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(alive(worker)).toBe(false);
});

test("an embedded database that dies is started again under running programs", async () => {
  const started = await start({ databaseUrl: undefined });
  const pid = Number((await readFile(join(home, "postgres/data/postmaster.pid"), "utf8")).split("\n")[0]);
  process.kill(pid, "SIGKILL");
  await eventually(() => lines.includes("PostgreSQL had died and was started again"));
  await eventually(async () => (await workerPids(started.databaseUrl)).length >= 1);
});

test("Ctrl-C ends everything with code 0, and the next start finds its data", async () => {
  const first = await supervisor();
  expect(await health(first.publicUrl)).toBe(200);
  const [worker = 0] = await workerPids(first.databaseUrl);
  const began = performance.now();
  first.child.kill("SIGINT");
  expect(await once(first.child, "exit")).toEqual([0, null]);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(alive(worker)).toBe(false);
  await expect(query(first.databaseUrl, (sql) => sql`select 1`)).rejects.toThrow();

  const second = await supervisor();
  expect(second.databaseUrl).toBe(first.databaseUrl);
  expect(await workerPids(second.databaseUrl)).toContain(worker);
});

test("web and workers follow a supervisor that was killed, and the next one takes its database over", async () => {
  const first = await supervisor();
  const [worker = 0] = await workerPids(first.databaseUrl);
  first.child.kill("SIGKILL");
  await eventually(() => !alive(worker));
  await eventually(async () => !(await health(first.publicUrl).catch(() => 0)));
  const second = await supervisor();
  expect(await workerPids(second.databaseUrl)).toContain(worker);
});
