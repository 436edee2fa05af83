// node examples/orders/run.ts               everything with Redrive's web; faults are typed in
// node examples/orders/run.ts --headless    without the web, on DATABASE_URL: one fault after the other, then the count
import { mkdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { env } from "./env.ts";
import { Inventory } from "./inventory.ts";
import { HOME, own, redrive, type Running } from "./programs.ts";
import { undelivered } from "./undelivered.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const started: Running[] = [];
const inventory = new Inventory();

await mkdir(HOME, { recursive: true });
try {
  process.exitCode = process.argv.includes("--headless") ? await headless() : await withWeb();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await Promise.all(started.map((program) => program.stop()));
  await inventory.kill();
}

/** Exit code 0 when every order is reserved exactly once in spite of all faults. */
async function headless(): Promise<number> {
  const { databaseUrl } = env;
  if (databaseUrl === undefined) throw new Error("Set DATABASE_URL: without its web Redrive starts no PostgreSQL of its own.");
  await inventory.start();
  const prepared = redrive("prepare", inventory.port, say);
  if ((await prepared.ended) !== 0) return 1;
  const placed = await place(1);
  const workers = redrive("workers", inventory.port);
  started.push(workers);
  await workers.says(/worker ready/);

  for (const fault of ["drop", "fail", "hang", "kill"]) {
    const called = await callsUnder(fault);
    await (fault === "kill" ? inventory.kill() : inventory.fault(fault));
    placed.push(...(await place(20)));
    if (fault === "kill") await inventory.start();
    else await until(`calls under the fault ${fault}`, async () => (await callsUnder(fault)) >= called + 3);
    await inventory.fault("none");
    await until(`every order reserved after ${fault}`, async () => {
      const { reserved } = await inventory.state();
      return placed.every((id) => reserved[id] !== undefined) && (await undelivered(databaseUrl)) === 0;
    });
    say(`${fault}: every order is reserved in the end`);
  }
  const { calls, reserved } = await inventory.state();
  const once = placed.filter((id) => reserved[id] === 1);
  say(`${placed.length} orders placed, ${once.length} of them reserved exactly once, in ${calls.reduce((sum, { count }) => sum + count, 0)} calls`);
  return once.length === placed.length ? 0 : 1;
}

/** Has that many orders placed; resolves to their ids. */
async function place(count: number): Promise<string[]> {
  const ids: string[] = [];
  const service = own(["order-service.ts", String(count), "40"], (line) => ids.push(line.replace("placed ", "")));
  if ((await service.ended) !== 0) throw new Error(`The orders could not be placed. Does a RabbitMQ answer at ${new URL(env.rabbitmqUrl).host}?`);
  return ids;
}

async function callsUnder(fault: string): Promise<number> {
  return (await inventory.state()).calls.find((call) => call.fault === fault)?.count ?? 0;
}

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await done()); await sleep(200)) if (Date.now() > end) throw new Error(`${what}: not within two minutes`);
}

/** Runs until Ctrl-C. */
async function withWeb(): Promise<number> {
  await inventory.start();
  // the queue is there before the route reads it
  await place(1);
  const up = redrive("up", inventory.port, say);
  started.push(up);
  await up.says(/Redrive is ready at/);
  started.push(own(["order-service.ts", "Infinity", "3", "25"]));
  say("Type a fault for the inventory (none, fail, hang, drop), kill, start or state.");
  const keyboard = createInterface(process.stdin);
  keyboard.on("line", (line) => void obey(line.trim()).then(say, (error: unknown) => say(String(error))));
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) {
      process.once(name, () => {
        keyboard.close();
        resolve(0);
      });
    }
  });
}

async function obey(word: string): Promise<string> {
  if (word === "kill") await inventory.kill();
  else if (word === "start") await inventory.start();
  else if (["none", "fail", "hang", "drop"].includes(word)) await inventory.fault(word);
  else return JSON.stringify(await inventory.state());
  return `inventory: ${word}`;
}
