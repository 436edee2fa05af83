import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../env.ts";
import { describe as explain } from "./check.ts";
import { SCHEMA_FILE, schemaText } from "./json-schema.ts";
import { readConfig } from "./read.ts";

const CANARY = "hunter2-canary";
const files: Readonly<Record<string, string>> = { "/run/secrets/billing-password": `${CANARY}\n` };
const readFile = (path: string): string => {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return text;
};
const read = (text: string, env: Record<string, string> = {}) => readConfig(text, { env, readFile });
const errorsOf = (text: string, env: Record<string, string> = {}) => {
  const result = read(text, env);
  if ("config" in result) throw new Error("expected errors");
  return result.errors;
};

const example = readFileSync(join(ROOT, "redrive.example.yaml"), "utf8");

test("the example is valid and its secrets come from where they say", () => {
  const result = read(example, { RABBITMQ_PASSWORD: "from-env" });
  expect(result).toMatchObject({
    config: {
      environment: { name: "production", tone: "red", production: true },
      connections: [
        { name: "shop", kind: "rabbitmq", settings: { port: 5671, heartbeatSeconds: 10 }, secrets: { password: "from-env" } },
        { name: "billing", kind: "pgboss", settings: { schema: "pgboss" }, secrets: { password: CANARY } },
      ],
      sources: [
        { connection: "shop", source: { queue: "payments.dlq", type: "quorum" }, custody: "taken", consent: true, capture: true, watchSeconds: 600 },
        { connection: "billing", source: { queue: "invoices-dead" }, capture: false, watchSeconds: 300 },
      ],
      routes: [
        {
          name: "orders to inventory",
          connection: "shop",
          source: { queue: "orders.inventory", type: "quorum" },
          custody: "taken",
          consent: true,
          paused: false,
          written: { destination: { kind: "http", method: "POST", signWith: ["ROUTE_INVENTORY_SECRET"] }, retry: { maxAttempts: 10, jitter: "full" }, breaker: { of: 20 }, deadLetterTo: null },
        },
      ],
    },
  });
});

test("the example names the schema file, and that file is what the code makes", () => {
  expect(example.split("\n")[0]).toBe("# yaml-language-server: $schema=docs/redrive.schema.json");
  expect(readFileSync(SCHEMA_FILE, "utf8"), "run `npm run schema`").toBe(schemaText());
});

test("an empty file is an empty configuration", () => {
  expect(read("")).toMatchObject({ config: { connections: [], sources: [], routes: [] } });
});

test("a missing variable is named, with its place", () => {
  expect(errorsOf(example)).toEqual([
    {
      line: example.split("\n").findIndex((line) => line.includes("RABBITMQ_PASSWORD")) + 1,
      column: 7,
      path: "connections[0].secrets.password",
      message: "needs the environment variable RABBITMQ_PASSWORD, which is not set",
      fix: "Set RABBITMQ_PASSWORD where Redrive is started, or write ${file:/path} to take it from a file.",
    },
  ]);
});

test("names that every object has are no variables", () => {
  const text = "connections:\n  - name: a\n    kind: rabbitmq\n    secrets: { password: '${constructor}' }\n";
  expect(errorsOf(text)[0]?.message).toContain("environment variable constructor, which is not set");
});

test("a secret in plain text is refused, through an alias too, and not repeated", () => {
  for (const secret of [CANARY, `"${CANARY}"`, "*alias"]) {
    const text = `connections:\n  - name: a\n    kind: rabbitmq\n    settings: { username: &alias ${CANARY} }\n    secrets:\n      password: ${secret}\n`;
    const errors = errorsOf(text);
    expect(errors).toMatchObject([{ line: 6, column: 7, path: "connections[0].secrets.password" }]);
    expect(JSON.stringify(errors)).not.toContain(CANARY);
  }
});

test("no error repeats a secret that was resolved or written where it does not belong", () => {
  const broken = [
    "connections:\n  - name: a\n    kind: rabbitmq\n    settings: { port: '${SECRET}', managementUrl: '${SECRET}', tls: '${SECRET}', host: 5 }\n    secrets: { password: '${SECRET}', token: '${SECRET}' }\n",
    `environment: { name: 5, tone: ${CANARY} }\nretention: ${CANARY}\nsources: [{ connection: ${CANARY}, queue: q }]\n`,
    `connections: [\n  ${CANARY}: : "${CANARY}\n`,
    `password: "${CANARY}" "${CANARY}"\n`,
  ];
  for (const text of broken) {
    const printed = errorsOf(text, { SECRET: CANARY }).flatMap((error) => explain("redrive.yaml", error));
    expect(printed.length).toBeGreaterThan(0);
    expect(printed.join("\n")).not.toContain(CANARY);
  }
});

test("everything wrong is told at once, in the order of the file", () => {
  const text = [
    "environment:", //               1
    "  colour: red", //              2
    "connections:", //               3
    "  - name: a", //                4
    "    kind: rabbit", //           5
    "  - kind: pgboss", //           6
    "    settings:", //              7
    "      port: 99999", //          8
    "sources:", //                   9
    "  - connection: a", //         10
    "    watchWindow: 5 minutes", // 11
  ].join("\n");
  expect(errorsOf(text).map(({ line, path, message }) => `${line} ${path} ${message}`)).toEqual([
    "1 environment.name is missing",
    "2 environment.colour is not a key that belongs here",
    "5 connections[0].kind must be one of rabbitmq, kafka, redis-list, redis-stream, nats, rocketmq, pulsar, pgboss",
    "6 connections[1].name is missing",
    "8 connections[1].settings.port must be at most 65535",
    "11 sources[0].watchWindow must be a whole number and a unit: 90s, 5m, 2h or 1d",
  ]);
});

const shop = "connections:\n  - { name: shop, kind: rabbitmq, secrets: { password: '${P}' } }\nsources:\n";

test("a subject of core NATS is no source of dead letters", () => {
  const text = "connections:\n  - { name: events, kind: nats }\nsources:\n  - { connection: events, queue: orders.>, mode: subject, consent: true }\n";
  expect(errorsOf(text)).toMatchObject([{ line: 4, path: "sources[0].mode", message: "is for routes only: what is sent to a subject while no worker listens is lost" }]);
});

test("a source that capturing would empty needs consent; a stream does not", () => {
  expect(errorsOf(`${shop}  - { connection: shop, queue: q }\n`, { P: "p" })).toMatchObject([
    { line: 4, path: "sources[0]", message: "would be emptied by capturing, and there is no consent to that" },
  ]);
  expect(read(`${shop}  - { connection: shop, queue: q, type: stream }\n`, { P: "p" })).toMatchObject({ config: { sources: [{ custody: "copied" }] } });
});

test("sources must name a connection, only known keys, and no queue twice", () => {
  const text = `${shop}  - { connection: store, queue: q }\n  - { connection: shop, queu: q }\n  - { connection: shop, queue: d, consent: true }\n  - { connection: shop, queue: d, consent: true }\n`;
  expect(errorsOf(text, { P: "p" }).map(({ line, path, message }) => `${line} ${path} ${message}`)).toEqual([
    "4 sources[0].connection names no connection of this file",
    "5 sources[1].queue is missing",
    "5 sources[1].queu is not a key that belongs here",
    "7 sources[3] is listed twice",
  ]);
});

test("two connections of one name are refused at the second", () => {
  const text = "connections:\n  - { name: a, kind: pgboss }\n  - { name: a, kind: pgboss }\n";
  expect(errorsOf(text)).toMatchObject([{ line: 3, path: "connections[1].name" }]);
});

test("references: numbers from the environment, an escaped ${, and a malformed one", () => {
  const one = (settings: string, env: Record<string, string>) => read(`connections:\n  - { name: a, kind: pgboss, settings: ${settings} }\n`, env);
  expect(one("{ port: '${PORT}', host: 'db-${ZONE}.internal' }", { PORT: "6432", ZONE: "eu" })).toMatchObject({
    config: { connections: [{ settings: { port: 6432, host: "db-eu.internal" } }] },
  });
  expect(one("{ host: '$${ZONE}' }", {})).toMatchObject({ config: { connections: [{ settings: { host: "${ZONE}" } }] } });
  expect(one("{ host: '${file:relative}' }", {})).toMatchObject({ errors: [{ path: "connections[0].settings.host" }] });
  expect(one("{ host: '${file:/nowhere}' }", {})).toMatchObject({ errors: [{ message: "needs the file /nowhere, which cannot be read (ENOENT)" }] });
});

test("broken YAML, alias bombs, prototype keys and huge files are errors, not crashes", () => {
  expect(errorsOf("a: [1,\nb: }")[0]).toMatchObject({ message: expect.stringContaining("is not YAML") as string });
  const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]", ..."bcdefgh".split("").map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[at]}`).join(",")}]`)].join("\n");
  expect(errorsOf(bomb)[0]?.message).toContain("aliases");
  expect(errorsOf("__proto__: { polluted: true }\n")).toMatchObject([{ path: "__proto__", line: 1 }]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(errorsOf("x".repeat(1_000_001))).toHaveLength(1);
});

const route = (text: string) => `connections:\n  - { name: shop, kind: rabbitmq, secrets: { password: '${"${P}"}' } }\n  - { name: cache, kind: redis-list }\nroutes:\n${text}`;
const wrong = (text: string) => errorsOf(route(text), { P: "p" }).map(({ line, path, message }) => `${line} ${path} ${message}`);
const TO_HTTP = "destination: { kind: http, url: 'https://shop.example/{/id}' }";

test("a route names connections by their names, and what it leaves out has defaults", () => {
  const text = route(`  - { name: a, connection: shop, source: { queue: q }, consent: true, destination: { kind: queue, connection: cache, target: { kind: redis-list, key: k } }, guard: { key: { by: body_hash }, store: { kind: redis, connection: cache } }, watchWindow: 1m, paused: true }\n`);
  expect(read(text, { P: "p" })).toMatchObject({
    config: {
      routes: [
        {
          name: "a",
          paused: true,
          watchSeconds: 60,
          written: { destination: { kind: "queue", connection: "cache" }, guard: { store: { connection: "cache" }, ttlSeconds: 604_800 }, retry: { maxAttempts: 8 }, limits: { inFlight: 32 } },
        },
      ],
    },
  });
});

test("what is wrong with a route is told at its place", () => {
  expect(wrong(`  - { name: a, connection: shop, source: { queue: q }, ${TO_HTTP} }\n`)).toEqual(["5 routes[0] would empty its queue, and there is no consent to that"]);
  expect(
    wrong(
      [
        `  - { name: a, connection: store, source: { queue: q }, ${TO_HTTP} }`,
        `  - { name: a, connection: shop, source: { queu: q }, ${TO_HTTP} }`,
        `  - { name: c, connection: shop, source: { queue: q }, consent: true, destination: { kind: queue, connection: shop, target: { kind: rabbitmq, exchange: '', routingKey: q } } }`,
        `  - { name: d, connection: shop, source: { queue: r }, consent: true, destination: { kind: queue, connection: cache, target: { kind: kafka, topic: t } }, guard: { key: { by: body_hash }, store: { kind: redis, connection: shop } } }`,
        `  - { name: e, connection: shop, source: { queue: s }, consent: true, ${TO_HTTP} }`,
        `  - { name: f, connection: shop, source: { queue: s, type: quorum }, consent: true, ${TO_HTTP} }`,
        "",
      ].join("\n"),
    ),
  ).toEqual([
    "5 routes[0].connection names no connection of this file",
    "6 routes[1].name is the name of another route too",
    "6 routes[1].source.queue is missing",
    "6 routes[1].source.queu is not a key that belongs here",
    "7 routes[2].destination.target is where this route reads: it would run in a circle",
    "8 routes[3].destination.target.kind is not the connection's, which is redis-list",
    "8 routes[3].guard.store.connection is no Redis",
    "10 routes[5].source is a source, or read by another route, already",
  ]);
  expect(wrong(`  - { name: a, connection: shop, source: { queue: q }, consent: true, ${TO_HTTP}, rules: [{ pattern: '(', verdict: dead }] }\n`)).toEqual(["5 routes[0].rules[0].pattern is no pattern of RE2"]);
  expect(wrong(`  - { name: a, connection: shop, source: { queue: q }, consent: true, destination: { kind: http, url: 'ftp://x' }, retries: 3 }\n`)).toEqual([
    "5 routes[0].destination.url http:// or https:// without user information",
    "5 routes[0].retries is not a key that belongs here",
  ]);
  expect(wrong(`  - { name: a, connection: shop, source: { queue: q }, consent: true, destination: { kind: mail } }\n`)).toEqual(["5 routes[0].destination.kind is of no kind that there is"]);
});

test("a queue is a source or a route's, not both", () => {
  const text = `${route(`  - { name: a, connection: shop, source: { queue: q }, consent: true, ${TO_HTTP} }\n`)}sources:\n  - { connection: shop, queue: q, consent: true }\n`;
  expect(errorsOf(text, { P: "p" })).toMatchObject([{ path: "routes[0].source", message: "is a source, or read by another route, already" }]);
});

test("a subject of core NATS is for routes alone, with consent to losing what nobody hears", () => {
  const bus = "connections:\n  - { name: bus, kind: nats }\n";
  const subject = "mode: subject, queue: orders.>";
  expect(errorsOf(`${bus}sources:\n  - { connection: bus, ${subject}, consent: true }\n`)).toMatchObject([{ line: 4, path: "sources[0].mode" }]);
  const routed = (more: string) => `${bus}routes:\n  - { name: a, connection: bus, source: { ${subject} }, ${more} }\n`;
  expect(errorsOf(routed(TO_HTTP))).toMatchObject([{ path: "routes[0]", message: expect.stringContaining("no worker listens") as string }]);
  expect(read(routed(`consent: true, ${TO_HTTP}`))).toMatchObject({ config: { routes: [{ custody: "heard" }] } });
  const circle = "destination: { kind: queue, connection: bus, target: { kind: nats, subject: orders.eu.new } }";
  expect(errorsOf(routed(`consent: true, ${circle}`))).toMatchObject([{ path: "routes[0].destination.target" }]);
});
