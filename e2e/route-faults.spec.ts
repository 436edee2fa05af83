import type { Page } from "@playwright/test";
import type postgres from "postgres";
import type { BrokerKind } from "#core/brokers/index.ts";
import { eventually } from "#test/eventually.ts";
import { startHttpSink } from "#test/http-sink.ts";
import type { Facts } from "./facts.ts";
import { expect, test } from "./fixtures.ts";
import type { Rabbit } from "./rabbit.ts";
import { makeRoute } from "./route-form.ts";
import { isLive } from "./screen.ts";
import { STAGES } from "./stages/index.ts";
import type { Feed } from "./stages/stage.ts";

// Routes from real queues of four kinds to an endpoint that fails in every way, made and watched on the screen.

type Fault = {
  /** What the endpoint does, see test/programs/http-sink.ts. */
  readonly say: string;
  /** The end of the delivery, on the screen. */
  readonly ends: "Delivered" | "Dead";
  /** Each try: its outcome and error, on the screen. */
  readonly shown: readonly (readonly [outcome: string, error?: string])[];
  /** The same in the rows. */
  readonly rows: readonly (readonly [outcome: string, code: string | null, decision: string])[];
};

const THEN_DELIVERED = ["confirmed", null, "succeeded"] as const;
const FAULTS = {
  busy: { say: "503,200", ends: "Delivered", shown: [["Refused", "HTTP 503"], ["Delivered"]], rows: [["refused", "http_status", "retrying"], THEN_DELIVERED] },
  patience: { say: "after:429-6,200", ends: "Delivered", shown: [["Refused", "HTTP 429"], ["Delivered"]], rows: [["refused", "http_status", "retrying"], THEN_DELIVERED] },
  hang: { say: "hang,200", ends: "Delivered", shown: [["No verdict", "No answer in time"], ["Delivered"]], rows: [["unknown", "timeout", "retrying"], THEN_DELIVERED] },
  reset: { say: "reset,200", ends: "Delivered", shown: [["No verdict", "Connection reset"], ["Delivered"]], rows: [["unknown", "connection_reset", "retrying"], THEN_DELIVERED] },
  drip: { say: "drip:200", ends: "Delivered", shown: [["Delivered"]], rows: [THEN_DELIVERED] },
  huge: { say: "huge:200", ends: "Delivered", shown: [["Delivered"]], rows: [THEN_DELIVERED] },
  redirect: { say: "redirect:302", ends: "Dead", shown: [["Refused", "Redirect, not followed"]], rows: [["refused", "redirect", "dead"]] },
  wrong: { say: "422,200", ends: "Dead", shown: [["Refused", "HTTP 422"]], rows: [["refused", "http_status", "dead"]] },
} as const satisfies Record<string, Fault>;
type Name = keyof typeof FAULTS;
const NAMES = Object.keys(FAULTS) as Name[];
const WAIT_SECONDS = 4;

/** The faults that are looked at closely, one kind each; all faults happen on every kind. */
const CLOSELY: Partial<Record<BrokerKind, readonly Name[]>> = { rabbitmq: ["patience", "reset"], kafka: ["hang", "huge"], "redis-stream": ["drip"], nats: ["redirect"] };

async function openFeed(kind: BrokerKind, { world, rabbit }: { world: Facts; rabbit: Rabbit }): Promise<Feed | string> {
  if (kind === "rabbitmq") {
    await rabbit.channel.assertQueue("routed.faults", { durable: true });
    const put: Feed["put"] = async (bodies) => {
      for (const body of bodies) await rabbit.put("routed.faults", body);
    };
    return { queue: "routed.faults", put, [Symbol.asyncDispose]: async () => undefined };
  }
  const opened = world.stages[kind] ?? { missing: "it was left out by E2E_STAGES" };
  if ("missing" in opened) return opened.missing;
  const feed = await STAGES.find((stage) => stage.kind === kind)?.feed?.(opened.address);
  if (feed === undefined) throw new Error(`the stage of ${kind} has no queue for a route`);
  return feed;
}

const rowOf = (page: Page, id: string) => page.getByRole("table", { name: "Deliveries" }).locator(`tr[data-row="${id}"]`);

/** The deliveries of a route by the fault that their message asks for, once all are there. */
async function deliveriesOf(sql: postgres.Sql, routeId: string): Promise<Record<Name, string>> {
  const rows = await eventually(async () => {
    const found = await sql<{ id: string; fault: string }[]>`
      select d.id, convert_from(c.body, 'utf8')::json ->> 'fault' as fault from deliveries d join delivery_contents c on c.id = d.id where d.route_id = ${routeId}`;
    return found.length === NAMES.length && found;
  }, { timeoutMs: 30_000 });
  return Object.fromEntries((rows || []).map(({ id, fault }) => [fault, id])) as Record<Name, string>;
}

/** On a delivery's page: its tries, in their order, on the axis and in the list. */
async function seeTries(page: Page, { shown }: Fault): Promise<void> {
  const failed = shown.filter(([, error]) => error !== undefined).length;
  await expect(page.getByRole("img", { name: new RegExp(`^${shown.length} (?:try|tries) on a time axis, ${failed} of them failed`) })).toBeVisible();
  const lines = page.getByRole("list", { name: "Tries" }).getByRole("button", { name: /^Try \d/ });
  await expect(lines).toHaveCount(shown.length);
  for (const [at, [outcome, error = ""]] of shown.entries()) {
    await expect(lines.nth(at)).toContainText(outcome);
    await expect(lines.nth(at)).toContainText(error);
  }
}

for (const kind of ["rabbitmq", "kafka", "redis-stream", "nats"] as const)
  test(`a route from ${kind}: every fault of its endpoint is told, and a dead message is resent through it`, async ({ page, sql, rabbit, world }) => {
    const opened = await openFeed(kind, { world, rabbit });
    test.skip(typeof opened === "string", String(opened));
    if (typeof opened === "string") return;
    await using feed = opened;
    await using sink = await startHttpSink();
    const [connection] = await sql<{ name: string }[]>`select name from connections where kind = ${kind} and managed_by = 'file'`;
    const name = `${kind} to shop`;
    const url = `http://127.0.0.1:${sink.port}/say/{/say}/{/fault}`;
    const times = { wait: String(WAIT_SECONDS), headTimeout: "1.5", timeout: "2.5" };
    const routeId = await makeRoute(page, { name, connection: connection?.name ?? "", queue: feed.queue, taken: kind === "rabbitmq", url, ...times });
    await isLive(page);
    await feed.put(NAMES.map((fault) => JSON.stringify({ fault, say: FAULTS[fault].say })));
    const ids = await deliveriesOf(sql, routeId);

    await expect(rowOf(page, ids.busy)).toContainText("Retrying");
    await expect(rowOf(page, ids.busy)).toContainText(/in \ds/);
    await expect(rowOf(page, ids.busy)).toContainText("HTTP 503");
    for (const fault of NAMES) await expect(rowOf(page, ids[fault])).toContainText(FAULTS[fault].ends);

    await rowOf(page, ids.busy).getByRole("link").click();
    await seeTries(page, FAULTS.busy);
    for (const fault of CLOSELY[kind] ?? []) {
      await page.goto(`/deliveries/${ids[fault]}`);
      await seeTries(page, FAULTS[fault]);
      await page.getByRole("button", { name: /^Try 1/ }).click();
      if (fault === "patience") await expect(page.getByRole("definition").filter({ hasText: /^6(?:\.\d+)?s/ })).toBeVisible();
      if (fault === "huge" || fault === "drip") await expect(page.getByText("there was more")).toBeVisible();
      if (fault === "redirect") await expect(page.getByText("redirects are not followed")).toBeVisible();
    }

    await page.goto(`/routes/${routeId}`);
    await page.getByRole("button", { name: /^Dead/ }).click();
    await expect(page.getByRole("table", { name: "Deliveries" }).locator("tbody tr[data-row]")).toHaveCount(2);
    await rowOf(page, ids.wrong).getByRole("link").click();
    await page.getByRole("link", { name: "Open the dead letter" }).first().click();
    await expect(page).toHaveURL(/\/messages\//);
    await page.getByRole("button", { name: /^Resend/ }).click();
    const dialog = page.getByRole("dialog", { name: "Resend this message" });
    await dialog.getByRole("button", { name: `Resend 1 to the route ${name}`, exact: true }).click();
    await expect(page.getByRole("img", { name: /^2 tries on a time axis, 1 of them failed/ })).toBeVisible();
    const timeline = page.getByRole("list", { name: "Timeline" });
    await expect(timeline.getByText("Its route delivered it")).toBeVisible();
    await expect(timeline.getByText("Death 1", { exact: true })).toBeVisible();

    for (const fault of NAMES) {
      const tries = await sql<{ outcome: string; code: string | null; decision: string }[]>`
        select outcome, error_code as code, decision from delivery_attempts where delivery_id = ${ids[fault]} order by number`;
      expect(tries.map(({ outcome, code, decision }) => [outcome, code, decision]), fault).toEqual(FAULTS[fault].rows);
    }
    const [message] = await sql`
      select m.state, m.deaths, (select array_agg(state order by id) from deliveries where message_id = m.id) as lives from messages m where m.id = ${ids.wrong}`;
    expect(message).toEqual({ state: "resolved", deaths: 1, lives: ["dead", "succeeded"] });
    const [cut] = await sql`select answer_cut as cut, octet_length(answer_body) as kept from delivery_attempts where delivery_id = ${ids.huge}`;
    expect(cut).toEqual({ cut: true, kept: 16_384 });

    const ledger = await sink.ledger("/say/");
    const of = (fault: Name) => ledger.filter(({ path }) => path.endsWith(`/${fault}`));
    for (const fault of NAMES) {
      const requests = of(fault);
      expect(requests.length, fault).toBe(FAULTS[fault].say.split(",").length);
      // over its tries and its resend a message is one to its receiver
      expect(new Set(requests.map(({ headers }) => headers.find(([header]) => header.toLowerCase() === "webhook-id")?.[1])), fault).toEqual(new Set([ids[fault]]));
    }
    const [first, second] = of("patience");
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(6_000);
  });
