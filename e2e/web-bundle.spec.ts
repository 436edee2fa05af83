import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";

const ROOT = join(import.meta.dirname, "..");
/** A text that stands in the client's own source and in nobody else's. */
const CLIENTS = [
  { name: "amqplib", file: "node_modules/amqplib/lib/connect.js", text: "Expected amqp: or amqps: as the protocol" },
  { name: "kafkajs", file: "node_modules/kafkajs/src/errors.js", text: "KafkaJSNumberOfRetriesExceeded" },
  { name: "ioredis", file: "node_modules/ioredis/built/errors/MaxRetriesPerRequestError.js", text: "Reached the max retries per request limit" },
  { name: "@nats-io/jetstream", file: "node_modules/@nats-io/jetstream/lib/pushconsumer.js", text: "consumer is already" },
  { name: "pg-boss", file: "node_modules/pg-boss/dist/attorney.js", text: "deadLetter must be a string" },
] as const;
/** A text of the web's own server code: the reader below must find it. */
const OURS = "This needs the role";
/** The one client that may be loaded lies in a chunk of its own, which is fetched when a Redis is to keep Idempotency-Keys and not before. */
const ON_DEMAND = { name: "ioredis", chunk: /\/\[externals\]_ioredis_[^/]*\.js$/ };
const WORKERS = "stopping: nothing new is taken";

/** Every script of the built web, by its path. */
async function scripts(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of [".next/server", ".next/static"])
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:js|mjs|cjs)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      found.set(path, await readFile(path, "utf8"));
    }
  return found;
}

test("the built web has no broker client in it, and loads none but ioredis, for Idempotency-Keys", async () => {
  const built = await scripts();
  const holding = (text: string) => [...built].filter(([, script]) => script.includes(text)).map(([path]) => path);
  expect(holding(OURS), "the reader finds what is there").not.toEqual([]);
  expect(holding(WORKERS), "the workers' own code").toEqual([]);
  for (const { name, file, text } of CLIENTS) {
    expect(await readFile(join(ROOT, file), "utf8"), `${name} still says so`).toContain(text);
    expect(holding(text), name).toEqual([]);
    // an external module is loaded by its name
    for (const call of [`require("${name}`, `import("${name}`, `from"${name}`, `from "${name}`]) expect(holding(call).filter((path) => name !== ON_DEMAND.name || !ON_DEMAND.chunk.test(path)), call).toEqual([]);
  }
});
