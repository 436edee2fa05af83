import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** [file, specifier, refused?, "type" for `import type`]. Each becomes one file of a throw-away tree. */
const CASES: readonly (readonly [file: string, specifier: string, refused: boolean, kind?: "type"])[] = [
  ["core/a.ts", "zod", false],
  ["core/b/c.ts", "#core/a.ts", false],
  ["core/b/c.ts", "../a.ts", false],
  ["core/a.ts", "node:fs", true],
  ["core/a.ts", "react", true],
  ["core/a.ts", "drizzle-orm", true],
  ["core/a.ts", "#db/client.ts", true],
  ["core/a.ts", "../db/client.ts", true],
  ["core/b/c.ts", "../../server/x.ts", true],
  ["db/a.ts", "drizzle-orm", false],
  ["db/queries/a.ts", "#core/a.ts", false],
  ["db/a.ts", "#server/a.ts", true],
  ["db/queries/a.ts", "../../workers/a.ts", true],
  ["db/a.ts", "react", true],
  ["server/a.ts", "#db/a.ts", false],
  ["server/a.ts", "#core/a.ts", false],
  ["server/a.ts", "@trpc/server", false],
  ["server/a.ts", "#workers/a.ts", true],
  ["server/routers/a.ts", "../../workers/a.ts", true],
  ["server/a.ts", "react", true],
  ["server/a.ts", "next/headers", true],
  ["server/a.ts", "amqplib", true],
  ["server/a.ts", "kafkajs", true],
  ["server/a.ts", "ioredis", true],
  ["server/idempotency/redis-store.ts", "ioredis", false, "type"],
  ["server/idempotency/once.ts", "ioredis", true],
  ["server/a.ts", "pg-boss", true],
  ["server/a.ts", "@nats-io/transport-node", true],
  ["server/a.ts", "#test/a.ts", true],
  ["ui/a.tsx", "#core/a.ts", false],
  ["ui/a.tsx", "react", false],
  ["ui/a.tsx", "#server/router.ts", false, "type"],
  ["ui/a.tsx", "../server/router.ts", false, "type"],
  ["ui/a.tsx", "better-auth/react", false],
  ["ui/a.tsx", "#server/router.ts", true],
  ["ui/a.tsx", "../server/router.ts", true],
  ["ui/a.tsx", "#db/a.ts", true],
  ["ui/a.tsx", "#db/a.ts", true, "type"],
  ["ui/kit/a.ts", "../../db/a.ts", true],
  ["ui/a.tsx", "#workers/a.ts", true],
  ["ui/a.tsx", "postgres", true],
  ["ui/a.tsx", "better-auth", true],
  ["ui/a.tsx", "node:crypto", true],
  ["app/page.tsx", "#ui/a.tsx", false],
  ["app/page.tsx", "#server/a.ts", false],
  ["app/page.tsx", "#core/a.ts", false],
  ["app/page.tsx", "#db/a.ts", true],
  ["app/(console)/page.tsx", "../../db/a.ts", true],
  ["app/page.tsx", "#workers/a.ts", true],
  ["proxy.ts", "./db/a.ts", true],
  ["workers/a.ts", "#db/a.ts", false],
  ["workers/runtime/a.ts", "#core/a.ts", false],
  ["workers/a.ts", "./adapters/rabbitmq/session.ts", false],
  ["workers/a.ts", "#server/a.ts", true],
  ["workers/duties/a.ts", "../../server/a.ts", true],
  ["workers/a.ts", "next/server", true],
  ["workers/a.ts", "amqplib", true],
  ["workers/adapters/rabbitmq/session.ts", "amqplib", false],
  ["workers/adapters/rabbitmq/session.ts", "node:crypto", false],
  ["workers/adapters/rabbitmq/session.ts", "node:timers/promises", false],
  ["workers/adapters/rabbitmq/session.ts", "#core/a.ts", false],
  ["workers/adapters/rabbitmq/session.ts", "./faults.ts", false],
  ["workers/adapters/rabbitmq/session.ts", "pg-boss", true],
  ["workers/adapters/rabbitmq/session.ts", "#db/a.ts", true],
  ["workers/adapters/rabbitmq/session.ts", "../pgboss/session.ts", true],
  ["workers/adapters/rabbitmq/session.ts", "../../runtime/a.ts", true],
  ["workers/adapters/pgboss/session.ts", "pg-boss", false],
  ["workers/adapters/pgboss/session.ts", "amqplib", true],
  ["workers/adapters/nats/session.ts", "@nats-io/jetstream", false],
  ["workers/adapters/nats/session.ts", "postgres", true],
  ["workers/adapters/kafka/session.ts", "kafkajs", false],
  ["workers/adapters/kafka/session.ts", "ioredis", true],
  ["workers/adapters/redis/session.ts", "ioredis", false],
  ["workers/adapters/nats/session.ts", "@nats-io/jetstream", false],
  ["workers/adapters/rocketmq/session.ts", "rocketmq-client-nodejs", false],
  ["workers/adapters/pulsar/session.ts", "ws", false],
  ["workers/adapters/sqs/session.ts", "kafkajs", true], // until the config names its client
  ["cli/a.ts", "#db/a.ts", false],
  ["cli/a.ts", "#ui/a.ts", true],
  ["core/a.test.ts", "vitest", false],
  ["workers/a.test.ts", "#test/a.ts", false],
  ["test/a.ts", "#db/a.ts", false],
  ["e2e/a.ts", "#workers/a.ts", false],
];

type Report = { diagnostics: { code: string; filename: string }[] };

const fileOf = (at: number): string => {
  const [file] = CASES[at] ?? [""];
  const end = file.includes(".test.") ? ".test.ts" : file.slice(file.lastIndexOf("."));
  return ["proxy.ts", "server/idempotency/redis-store.ts"].includes(file) ? file : `${file.slice(0, -end.length)}-case-${at}${end}`;
};

const refused = new Map<string, string[]>();
let tree = "";

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), "redrive-import-rules-"));
  await copyFile(join(ROOT, ".oxlintrc.json"), join(tree, ".oxlintrc.json"));
  for (const [at, [, specifier, , kind]] of CASES.entries()) {
    const path = join(tree, fileOf(at));
    await mkdir(dirname(path), { recursive: true });
    const code = `import ${kind ?? ""} { it } from "${specifier}";\nexport ${kind ? "type Thing = it" : "const thing = it"};\n`;
    await writeFile(path, code);
  }
  await writeFile(join(tree, "ui/long.ts"), "export {};\n".repeat(401));
  await writeFile(join(tree, "server/reads-env.ts"), "export const port = process.env.PORT;\n");
  await writeFile(join(tree, "server/env.ts"), "export const port = process.env.PORT;\n");
  const report = await new Promise<string>((resolve) => {
    // It exits with 1 because it finds errors: what it prints is the result.
    execFile(join(ROOT, "node_modules/.bin/oxlint"), ["--format", "json"], { cwd: tree, maxBuffer: 1e8 }, (_, out) =>
      resolve(out),
    );
  });
  for (const { code, filename } of (JSON.parse(report) as Report).diagnostics) {
    refused.set(filename, [...(refused.get(filename) ?? []), code]);
  }
}, 60_000);

afterAll(() => rm(tree, { recursive: true, force: true }));

test.each(CASES.map(([file, specifier, no, kind], at) => ({ at, file, specifier, no, kind: kind ?? "value" })))(
  "$file importing $kind of $specifier: refused is $no",
  ({ at, no }) => {
    const hit = refused.get(fileOf(at))?.includes("eslint(no-restricted-imports)") ?? false;
    expect(hit).toBe(no);
  },
);

test("400 lines are the limit, and the environment is read in env.ts only", () => {
  expect(refused.get("ui/long.ts")).toContain("eslint(max-lines)");
  expect(refused.get("server/reads-env.ts")).toContain("node(no-process-env)");
  expect(refused.get("server/env.ts") ?? []).not.toContain("node(no-process-env)");
});
