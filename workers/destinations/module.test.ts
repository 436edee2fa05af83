import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { text } from "#core/message/header.ts";
import type { ModuleDestination } from "#core/route/definition.ts";
import { eventually } from "#test/eventually.ts";
import { delivery } from "#test/factories/delivery.ts";
import type { Destination } from "./destination.ts";
import { openModule } from "./module.ts";

const home = await mkdtemp(join(tmpdir(), "redrive-modules-"));
const folder = join(home, "modules");
await mkdir(folder);
const never = new AbortController().signal;
const open: Destination[] = [];
afterAll(async () => {
  await Promise.all(open.map((destination) => destination.close()));
  await rm(home, { recursive: true, force: true });
});

let written = 0;
const fileWith = async (source: string): Promise<string> => {
  written += 1;
  await writeFile(join(folder, `m${written}.ts`), source);
  return `m${written}.ts`;
};
const opened = (file: string, given: Partial<ModuleDestination> = {}): Destination => {
  const destination = openModule({ kind: "module", file, timeoutMs: 10_000, memoryMb: 64, ...given }, { folder, variables: { SHOP_TOKEN: "t" } });
  open.push(destination);
  return destination;
};
const running = async (source: string, given: Partial<ModuleDestination> = {}): Promise<Destination> => opened(await fileWith(source), given);
const answerOf = (outcome: { readonly answer: { readonly body: Uint8Array } | null }): string => Buffer.from(outcome.answer?.body ?? []).toString();

test("a module gets the message and what it returns is the answer; types are stripped, the environment is what it was given", async () => {
  const destination = await running(`
    type Order = { id: number };
    export default async (message, ctx): Promise<unknown> => {
      const order = message.json() as Order;
      return { id: message.id, order: order.name, header: message.header("X-TENANT"), n: message.headers.length, attempt: ctx.attempt, route: ctx.route,
        queue: message.native.queue, aborted: ctx.signal.aborted, env: Object.keys(process.env), date: message.receivedAt instanceof Date };
    };`);
  const sent = delivery({ body: '{"name":"é"}', headers: [text("x-tenant", "acme")], attempt: 3 });
  const outcome = await destination.deliver(sent, never);
  expect(outcome).toMatchObject({ status: "confirmed", answer: { status: null, cut: false } });
  expect(JSON.parse(answerOf(outcome))).toEqual({ id: sent.messageId, order: "é", header: "acme", n: 1, attempt: 3, route: "orders to shop", queue: "orders", aborted: false, env: ["SHOP_TOKEN"], date: true });
});

test("what it throws is told: Retry with its delay, DeadLetter, and errors by code before name", async () => {
  const destination = await running(`
    class Mine extends Error { constructor() { super("mine"); this.name = "DeadLetter"; } }
    export default (message, { Retry, DeadLetter }) => {
      switch (message.text()) {
        case "retry": throw new Retry("busy", { delayMs: 1500 });
        case "plain": throw new Retry();
        case "dead": throw new DeadLetter("never");
        case "mine": throw new Mine();
        case "code": throw Object.assign(new Error("lost"), { code: "ECONNRESET" });
        case "type": return null.x;
        case "string": throw "just words";
        case "nothing": throw undefined;
        case "trap": throw new Proxy({}, { get() { throw new Error("no"); } });
      }
    };`);
  const threw = (body: string) => destination.deliver(delivery({ body }), never);
  expect(await threw("retry")).toMatchObject({ status: "refused", error: { code: "module_retry", message: "busy", retryAfterMs: 1_500, stack: expect.stringContaining("m2.ts") } });
  expect(await threw("plain")).toMatchObject({ error: { code: "module_retry", retryAfterMs: null } });
  expect(await threw("dead")).toMatchObject({ status: "refused", error: { code: "module_dead_letter", message: "never" } });
  expect(await threw("mine")).toMatchObject({ error: { code: "module_dead_letter", message: "mine" } });
  expect(await threw("code")).toMatchObject({ status: "refused", error: { code: "module_threw", type: "ECONNRESET", message: "lost" } });
  expect(await threw("type")).toMatchObject({ error: { code: "module_threw", type: "TypeError" } });
  expect(await threw("string")).toMatchObject({ error: { code: "module_threw", type: null, message: "just words" } });
  expect(await threw("nothing")).toMatchObject({ error: { code: "module_threw", type: null } });
  expect(await threw("trap")).toMatchObject({ error: { code: "module_threw" } });
  expect(await threw("fine")).toEqual({ status: "confirmed", answer: null });
});

test("a call that ends when it is asked to is unknown, and its neighbours go on in the same thread", async () => {
  const destination = await running(
    `let calls = 0;
    export default async (message, { signal }) => {
      calls += 1;
      if (message.text() === "waits") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      if (message.text() === "finishes") await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return String(calls);
    };`,
    { timeoutMs: 1_500 },
  );
  const [waits, finishes, quick] = await Promise.all(["waits", "finishes", "quick"].map((body) => destination.deliver(delivery({ body }), never)));
  expect(waits).toMatchObject({ status: "unknown", error: { code: "timeout", message: "the module did not end within 1500 ms" } });
  expect(finishes).toMatchObject({ status: "confirmed" });
  expect(quick).toMatchObject({ status: "confirmed" });
  const after = await destination.deliver(delivery({ body: "quick" }), never);
  expect(answerOf(after)).toBe("4");
});

test("a thread that hangs is ended and replaced, and all it held is unknown", async () => {
  const destination = await running(
    `let calls = 0;
    export default async (message) => {
      calls += 1;
      if (message.text() === "spins") for (;;);
      if (message.text() === "deaf") await new Promise(() => undefined);
      return String(calls);
    };`,
    { timeoutMs: 1_500 },
  );
  const deaf = destination.deliver(delivery({ body: "deaf" }), never);
  const spins = destination.deliver(delivery({ body: "spins" }), never);
  expect(await deaf).toMatchObject({ status: "unknown", error: { code: "timeout" } });
  expect(await spins).toMatchObject({ status: "unknown", error: { code: "timeout" } });
  expect(answerOf(await destination.deliver(delivery({ body: "quick" }), never))).toBe("1");
});

test("memory is capped, and the worker lives on", async () => {
  const destination = await running(`export default (message) => { if (message.text() !== "eats") return "fine"; const kept = []; for (;;) kept.push(new Array(1_000).fill(Math.random())); };`, { memoryMb: 16 });
  expect(await destination.deliver(delivery({ body: "eats" }), never)).toMatchObject({ status: "unknown", error: { code: "module_out_of_memory" } });
  expect(answerOf(await destination.deliver(delivery({ body: "small" }), never))).toBe("fine");
});

test("a module that ends its thread, or lets a promise reject unheard, leaves what was open unknown", async () => {
  const exits = await running(`export default async () => { process.exit(3); };`);
  expect(await exits.deliver(delivery(), never)).toMatchObject({ status: "unknown", error: { code: "module_threw", type: "ThreadEnded" } });
  const stray = await running(`export default async () => { void Promise.reject(new RangeError("unheard")); await new Promise(() => undefined); };`);
  expect(await stray.deliver(delivery(), never)).toMatchObject({ status: "unknown", error: { code: "module_threw", type: "RangeError" } });
});

test("a file that is written anew is loaded anew", async () => {
  const file = await fileWith(`export default () => "old";`);
  const destination = opened(file);
  expect(answerOf(await destination.deliver(delivery(), never))).toBe("old");
  await writeFile(join(folder, file), `export default () => "new";`);
  await utimes(join(folder, file), new Date(), new Date(Date.now() + 2_000));
  expect(answerOf(await destination.deliver(delivery(), never))).toBe("new");
});

test("what cannot be loaded is refused before anything ran, and mended by a new file", async () => {
  const missing = { status: "refused", error: { code: "module_missing" }, answer: null };
  const file = await fileWith(`export default (`);
  const destination = opened(file);
  expect(await destination.deliver(delivery(), never)).toMatchObject(missing);
  await writeFile(join(folder, file), `export default () => "mended";`);
  expect(answerOf(await destination.deliver(delivery(), never))).toBe("mended");
  expect(await (await running(`export const other = 1;`)).deliver(delivery(), never)).toMatchObject({ error: { code: "module_missing", message: "it has no default export that is a function" } });
  expect(await (await running(`import "./gone.ts"; export default () => 1;`)).deliver(delivery(), never)).toMatchObject(missing);
  expect(await (await running(`throw new Error("at load");`)).deliver(delivery(), never)).toMatchObject({ error: { message: expect.stringContaining("at load") } });
  expect(await opened("none.ts").deliver(delivery(), never)).toMatchObject({ error: { code: "module_missing", message: "there is no none.ts in the folder of modules" } });
  expect(await (await running(`await new Promise(() => setInterval(() => 0, 1000)); export default () => 1;`, { timeoutMs: 500 })).deliver(delivery(), never)).toMatchObject({ status: "refused", error: { code: "timeout" } });
  expect(await (await running(`for (;;); export default () => 1;`, { timeoutMs: 500 })).deliver(delivery(), never)).toMatchObject({ status: "refused", error: { code: "timeout" } });
});

test("nothing outside of the folder is run", async () => {
  await writeFile(join(home, "outside.ts"), `export default () => "outside";`);
  await symlink(join(home, "outside.ts"), join(folder, "link.ts"));
  await symlink(home, join(folder, "up"));
  await mkdir(join(folder, "folder.ts"));
  for (const file of ["link.ts", "up/outside.ts", "../outside.ts"])
    expect(await opened(file).deliver(delivery(), never), file).toMatchObject({ status: "refused", error: { code: "module_missing", message: expect.stringContaining("leads out of the folder") } });
  expect(await opened("folder.ts").deliver(delivery(), never)).toMatchObject({ error: { message: "folder.ts is no file" } });
  const nowhere = openModule({ kind: "module", file: "m1.ts", timeoutMs: 100, memoryMb: 16 }, { folder: null, variables: {} });
  expect(await nowhere.deliver(delivery(), never)).toMatchObject({ status: "refused", error: { code: "configuration" } });
});

test("a stop asks the calls to abort; before the call it is refused", async () => {
  const destination = await running(`import { writeFile } from "node:fs/promises";
    export default async (message, { signal }) => {
      await writeFile(message.text(), "");
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };`);
  const stop = new AbortController();
  const sign = join(home, "began");
  const waiting = destination.deliver(delivery({ body: sign }), stop.signal);
  await eventually(() => existsSync(sign));
  stop.abort();
  expect(await waiting).toMatchObject({ status: "unknown", error: { code: "worker_vanished" } });
  expect(await destination.deliver(delivery(), stop.signal)).toMatchObject({ status: "refused", error: { code: "worker_vanished" } });
});
