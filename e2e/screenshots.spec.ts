import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Sql } from "postgres";
import { expect, test } from "./fixtures.ts";
import { isLive, rows } from "./screen.ts";

const FOLDER = join(import.meta.dirname, "../docs/screenshots");
/** Enough for lists, groups and an hour's chart that has begun. */
const ENOUGH = 250;

async function picture(page: Page, name: string): Promise<void> {
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled", caret: "hide" });
}

test("the README's pictures, of the demo's sample traffic", async ({ page, sql, world }) => {
  test.setTimeout(900_000);
  await expect.poll(async () => (await sql`select count(*)::int as n from messages`)[0]?.n, { timeout: 600_000 }).toBeGreaterThan(ENOUGH);
  await resendNewest(page, world.url, await newest(sql, 60));
  await expect.poll(async () => (await sql`select count(*)::int as n from messages where deaths > 1`)[0]?.n, { timeout: 120_000 }).toBeGreaterThan(2);

  await page.goto("/");
  await isLive(page);
  await picture(page, "overview");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "overview-dark");
  await page.emulateMedia({ colorScheme: "light" });

  await page.goto("/messages");
  await isLive(page);
  await rows(page).nth(2).getByRole("link").click();
  await expect(page.getByRole("region", { name: "Message", exact: true }).getByText("Death 1", { exact: true })).toBeVisible();
  await picture(page, "dead-letters");

  const [twice] = await sql<{ id: string }[]>`select id from messages where deaths > 1 order by (error_type is null), position desc limit 1`;
  await page.goto(`/messages/${twice?.id}`);
  await expect(page.getByRole("list", { name: "Timeline" }).getByText(/^Death 2/)).toBeVisible();
  await picture(page, "message");

  await page.goto("/groups");
  await isLive(page);
  await expect(page.getByRole("table").getByRole("link").first()).toBeVisible();
  await page.getByRole("radio", { name: "Last hour" }).click();
  await picture(page, "groups");
  await page.getByRole("table").getByRole("link").first().click();
  await page.getByRole("button", { name: /^Resend [\d,]+$/ }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: /^Resend [1-9][\d,]* to/ })).toBeVisible();
  await picture(page, "resend-dialog");
});

const newest = async (sql: Sql, count: number): Promise<string[]> =>
  (await sql<{ id: string }[]>`select id from messages where state = 'dead' order by position desc limit ${count}`).map(({ id }) => id);

async function resendNewest(page: Page, origin: string, ids: readonly string[]): Promise<void> {
  const preview = { act: "resend", selection: { by: "ids", ids } };
  const headers = { origin };
  const counted = await page.request.get(`/api/trpc/operations.preview?input=${encodeURIComponent(JSON.stringify(preview))}`);
  expect(counted.status()).toBe(200);
  const { asOf, count } = (await counted.json()).result.data;
  const data = { ...preview, requestId: crypto.randomUUID(), asOf, expected: count, destination: { to: "failed_queue" } };
  expect((await page.request.post("/api/trpc/operations.order", { data, headers })).status()).toBe(200);
}
