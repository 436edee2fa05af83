import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { en } from "../messages/en/index.ts";

const SERVICES = join(import.meta.dirname, "../../server/services");
const ACT = /"((?:access|connection|environment|message|operation|owner|person|session|source)\.[a-z_]+)"/g;

test("every act that a service writes has words on the audit page", async () => {
  const files = (await readdir(SERVICES)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const texts = await Promise.all(files.map((name) => readFile(join(SERVICES, name), "utf8")));
  const acts = new Set(texts.flatMap((text) => [...text.matchAll(ACT)].map(([, act = ""]) => act)));
  expect(acts.size).toBeGreaterThan(10);
  expect([...acts].filter((act) => !(act.replace(".", "_") in en.audit.acts))).toEqual([]);
});
