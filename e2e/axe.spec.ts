import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { connect } from "#db/client.ts";
import { aDelivery, anAttempt, aRoute } from "#test/factories/route.ts";
import { PAIRS } from "./facts.ts";
import { expect, test } from "./fixtures.ts";
import { deadLetters } from "./letters.ts";

const PAIR = PAIRS.pages;
const SETTLED = "[aria-busy=true]";

/** What a look changes is colours: the other rules say the same in both. */
const RULES = { light: null, dark: ["color-contrast", "link-in-text-block"] } as const;
type Look = keyof typeof RULES;

/** Serious and critical violations, a line each with the first element that has it. */
async function violations(page: Page, look: Look): Promise<string[]> {
  const builder = new AxeBuilder({ page });
  const rules = RULES[look];
  const { violations: found, passes } = await (rules === null ? builder : builder.withRules([...rules])).analyze();
  expect(passes.length, "rules that were checked").toBeGreaterThan(rules === null ? 10 : 0);
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary = "" }) => `${new URL(page.url()).pathname} ${id}: ${html.slice(0, 160)} ${failureSummary.split("\n")[1]?.trim()}`));
}

/** A paused route with a delivery that was tried. */
async function triedRoute(databaseUrl: string, name: string) {
  const { db, close } = connect(databaseUrl, { max: 1, name: "end-to-end accessibility" });
  try {
    const route = await aRoute(db, { name, state: "paused" });
    const delivery = await aDelivery(db, route.id, { state: "retrying", dueAt: new Date(Date.now() + 3_600_000), tries: 1, nextTrigger: "automatic" });
    return { route, delivery, attempt: await anAttempt(db, delivery) };
  } finally {
    await close();
  }
}

async function lookAt(page: Page, look: Look, paths: readonly string[], ready: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await expect(page.locator(ready)).toBeVisible();
    await expect(page.locator(SETTLED)).toHaveCount(0);
    found.push(...(await violations(page, look)));
  }
  return found;
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} look`, () => {
    test.use({ colorScheme });

    test("no page has a serious accessibility violation", async ({ page, rabbit, sql, world }) => {
      test.setTimeout(300_000);
      const ids = await deadLetters(rabbit, sql, PAIR, ['{"parcel":1}', '{"parcel":2}'], { type: "com.shop.ParcelError", message: "too heavy" });
      const [first = "", second = ""] = ids;
      const [group] = await sql<{ id: string }[]>`select group_id as id from messages where id = ${first}`;
      const [{ now } = { now: 0 }] = await sql<{ now: number }[]>`select max(position)::int as now from messages`;
      const ordered = await page.request.post("/api/trpc/operations.order", {
        data: { act: "discard", selection: { by: "ids", ids: [second] }, requestId: crypto.randomUUID(), expected: 1, asOf: now, reason: "for the picture" },
        headers: { origin: world.url },
      });
      expect(ordered.status()).toBe(200);
      const { operationId } = (await ordered.json()).result.data;
      const [connection] = await sql<{ id: string }[]>`select id from connections where name = 'shop'`;
      const { route, delivery, attempt } = await triedRoute(world.databaseUrl, `accessible ${colorScheme}`);
      const paths = [
        "/",
        "/messages",
        `/messages?id=${first}`,
        `/messages/${first}`,
        `/messages/${first}?tab=headers`,
        `/messages/${first}?tab=facts`,
        "/groups",
        `/groups/${group?.id}`,
        "/operations",
        `/operations/${operationId}`,
        "/queues",
        "/queues?view=captured",
        "/routes",
        "/routes/new",
        `/routes/${route.id}`,
        `/routes/${route.id}?tab=schedule`,
        `/routes/${route.id}?tab=facts`,
        `/routes/${route.id}/edit`,
        `/deliveries/${delivery.id}?attempt=${attempt.id}`,
        "/audit",
        "/settings/account",
        "/settings/people",
        "/settings/connections",
        "/settings/connections/new",
        `/settings/connections/${connection?.id}`,
        "/settings/environment",
        "/settings/about",
      ];
      expect(await lookAt(page, colorScheme, paths, "main")).toEqual([]);
    });

    test.describe("signed out", () => {
      test.use({ role: null });
      test("the sign-in page has none either", async ({ page }) => {
        expect(await lookAt(page, colorScheme, ["/sign-in"], "form")).toEqual([]);
      });
    });
  });
}
