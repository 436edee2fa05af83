import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ACTS } from "#core/message/state.ts";
import { en } from "../messages/en/index.ts";

const SERVICES = join(import.meta.dirname, "../../server/services");
const ACT = /"((?:access|api_key|connection|environment|message|operation|owner|person|route|session|source)\.[a-z_]+)"/g;
/** Acts whose name a service puts together. */
const COMPOSED = [
  ...Object.keys(ACTS).map((act) => `message.${act}`),
  ...["give_up", "retry_now"].map((act) => `delivery.${act}`),
  ...["breaker_close", "breaker_open", "pause", "resume"].map((act) => `route.${act}`),
  ...["cancel", "pause", "rate", "resume"].map((act) => `operation.${act}`),
  ...["pause", "resume", "watch"].map((act) => `source.${act}`),
];

test("every act that a service writes has words on the audit page", async () => {
  const files = (await readdir(SERVICES)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const texts = await Promise.all(files.map((name) => readFile(join(SERVICES, name), "utf8")));
  const acts = new Set([...COMPOSED, ...texts.flatMap((text) => [...text.matchAll(ACT)].map(([, act = ""]) => act))]);
  expect(acts.size).toBeGreaterThan(10);
  expect([...acts].filter((act) => !(act.replace(".", "_") in en.audit.acts))).toEqual([]);
});
