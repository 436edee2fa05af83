import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import amqp from "amqplib";
import { DEMO_SCHEMA } from "#cli/demo/pgboss-traffic.ts";
import { SHOP_QUEUES } from "#cli/demo/shop-queues.ts";
import { realPrograms, withTraffic } from "#cli/programs.ts";
import { up } from "#cli/up.ts";
import type { ConfiguredSource, RedriveConfig } from "#core/config/check.ts";
import { connect } from "#db/client.ts";
import { freePorts } from "#test/brokers/free-port.ts";
import { startRabbit, type TestRabbit } from "#test/brokers/rabbitmq.ts";
import { createOwner } from "#server/services/first-owner.ts";
import { invitePerson } from "#server/services/people.ts";
import { setPasswordByLink } from "#server/services/set-password.ts";
import { personByEmail } from "#db/queries/people.ts";
import { makeJobQueues } from "./boss.ts";
import { env, everything, tellFactsFile } from "./env.ts";
import { BOSS_SCHEMA, type Facts, JOBS, PAIRS, ROLES, type SignedIn } from "./facts.ts";
import { declarePair } from "./rabbit.ts";
import { type OpenStage, openStages } from "./stages/open.ts";

const PASSWORD = "correct horse battery staple";
const PEOPLE: Readonly<Record<SignedIn, { name: string; email: string }>> = {
  owner: { name: "Olivia Owner", email: "owner@redrive.test" },
  viewer: { name: "Victor Viewer", email: "viewer@redrive.test" },
};
const WATCH_SECONDS = 60;

/**
 * Brings up the whole system as `npm start` does, with an embedded PostgreSQL and a RabbitMQ of its own, and signs every
 * role in. Resolves to what takes all of it away again.
 */
export async function makeWorld(): Promise<() => Promise<void>> {
  await using stack = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), "redrive-e2e-"));
  stack.defer(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  // the embedded PostgreSQL runs as another user where this one is root
  await chmod(home, 0o755);
  const rabbit = await privateRabbit();
  stack.defer(() => rabbit.stop());
  const rabbitUrl = `amqp://${rabbit.username}:${rabbit.password}@${rabbit.host}:${rabbit.port}`;
  if (!env.screenshots) await declareQueues(rabbitUrl);
  const stages = env.screenshots ? [] : await openStages();
  for (const { close } of stages) stack.defer(close);
  const [port = 0] = await freePorts(1);
  const running = await up({
    home,
    databaseUrl: undefined,
    host: "127.0.0.1",
    port,
    publicUrl: undefined,
    secretKeyFile: undefined,
    authSecret: undefined,
    config: async (databaseUrl) => {
      if (!env.screenshots) await makeJobQueues(databaseUrl);
      return configOf(rabbit, databaseUrl, stages);
    },
    environment: { ...everything(), RABBITMQ_URL: rabbitUrl, DEMO_RATE: "12", REDRIVE_PRIVATE_DESTINATIONS: "allow" },
    programs: env.screenshots ? withTraffic(realPrograms) : realPrograms,
    dev: false,
    verbose: false,
    say: (line) => console.log(`  ${line}`),
    signal: AbortSignal.timeout(600_000),
  });
  stack.defer(async () => void (await running.stop()));
  await makePeople(running.databaseUrl);
  const { publicUrl: url, databaseUrl } = running;
  const states = await signEveryoneIn(url, home);
  const told: Facts = { url, databaseUrl, rabbitUrl, stages: Object.fromEntries(stages.map(({ kind, told }) => [kind, told])), states };
  const file = join(home, "facts.json");
  await writeFile(file, JSON.stringify(told), { mode: 0o600 });
  tellFactsFile(file);
  const world = stack.move();
  return () => world.disposeAsync();
}

async function privateRabbit(): Promise<TestRabbit> {
  const started = await startRabbit({ own: true });
  if (started.rabbit === null) throw new Error(`the end-to-end tests need RabbitMQ: ${started.reason}`);
  return started.rabbit;
}

async function declareQueues(rabbitUrl: string): Promise<void> {
  const model = await amqp.connect(rabbitUrl);
  const channel = await model.createChannel();
  for (const pair of Object.values(PAIRS)) await declarePair(channel, pair);
  await model.close();
}

function configOf(rabbit: TestRabbit, databaseUrl: string, stages: readonly OpenStage[]): RedriveConfig {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  const { host, vhost, managementUrl } = rabbit;
  const shop = {
    name: "shop",
    kind: "rabbitmq",
    settings: { host, port: rabbit.port, vhost, username: rabbit.username, tls: false, managementUrl, heartbeatSeconds: 10, queues: "" },
    secrets: { password: rabbit.password },
  } as const;
  const jobs = {
    name: "jobs",
    kind: "pgboss",
    settings: {
      host: hostname,
      port: Number(port),
      database: decodeURIComponent(pathname.slice(1)),
      username: decodeURIComponent(username),
      tls: false,
      schema: env.screenshots ? DEMO_SCHEMA : BOSS_SCHEMA,
    },
    secrets: { password: decodeURIComponent(password) },
  } as const;
  return {
    environment: { name: "shop staging", tone: "green", production: false },
    retention: { discardedDays: 30, resolvedDays: 90 },
    connections: [shop, jobs, ...stages.flatMap(({ connection }) => connection ?? [])],
    sources: env.screenshots ? SHOWN : [...TESTED, ...stages.flatMap(({ source }) => source ?? [])],
    routes: [],
  };
}

const captured = (connection: string, source: Record<string, unknown>): ConfiguredSource => ({
  connection,
  source,
  custody: "taken",
  consent: true,
  capture: true,
  watchSeconds: WATCH_SECONDS,
});

const TESTED = [
  ...Object.values(PAIRS).map(({ dead }) => captured("shop", { queue: dead, type: "classic" })),
  captured("jobs", { queue: JOBS.dead }),
];

/** What the sample traffic of `npm run demo` fills, but for one queue that waits to be found. */
const SHOWN = [
  ...SHOP_QUEUES.slice(0, -1).map(({ dead }) => captured("shop", { queue: dead, type: "classic" })),
  ...["orders.dlq", "payments.dlq", "emails.dlq"].map((queue) => captured("jobs", { queue })),
];

async function makePeople(databaseUrl: string): Promise<void> {
  await createOwner(databaseUrl, { ...PEOPLE.owner, password: PASSWORD });
  const database = connect(databaseUrl, { max: 1, name: "end-to-end set-up" });
  try {
    const owner = await personByEmail(database.db, PEOPLE.owner.email);
    if (owner === null) throw new Error("the owner was not made");
    const { id, name, email } = owner;
    const link = await invitePerson(database.db, { id, name, email, role: "owner" }, { ...PEOPLE.viewer, role: "viewer" });
    await setPasswordByLink(database.db, link.token, PASSWORD);
  } finally {
    await database.close();
  }
}

/** Signs in on the screen, once a role, and keeps the cookies. */
async function signEveryoneIn(url: string, folder: string): Promise<Record<SignedIn, string>> {
  const browser = await chromium.launch({ executablePath: env.chromium, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const states = { owner: join(folder, "owner.json"), viewer: join(folder, "viewer.json") };
    for (const role of ROLES) {
      const context = await browser.newContext({ baseURL: url, locale: "en-US" });
      const page = await context.newPage();
      await page.goto("/sign-in");
      await page.getByLabel("E-mail").fill(PEOPLE[role].email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("navigation", { name: "Main" }).waitFor();
      await context.storageState({ path: states[role] });
      await context.close();
    }
    return states;
  } finally {
    await browser.close();
  }
}
