import type postgres from "postgres";
import { connect, type Database } from "#db/client.ts";
import { aConnection } from "#test/factories/places.ts";
import { aDelivery, anAttempt, aRoute } from "#test/factories/route.ts";
import { expect, test } from "./fixtures.ts";
import { isLive } from "./screen.ts";

let database: Database;

test.beforeAll(({ world }) => {
  database = connect(world.databaseUrl, { max: 2, name: "end-to-end routes" });
});
test.afterAll(() => database.close());

const LATER = () => new Date(Date.now() + 3_600_000);

/** A route whose queue no worker can reach: what the factories put into it stays as it is. It is paused, so that nothing is tried. */
async function stillRoute(name: string) {
  const connection = await aConnection(database.db, { name: `nowhere for ${name}`, settings: JSON.stringify({ host: "127.0.0.1", port: 1 }), state: "down" });
  return aRoute(database.db, { name, connectionId: connection.id, state: "paused", definition: { destination: { kind: "http", url: `https://${name.replaceAll(" ", "-")}.example/in/{/order/id}` } } });
}

const rowOf = async <T extends object>(rows: postgres.PendingQuery<T[]>): Promise<T | undefined> => (await rows)[0];

test("a route is made on the screen, after the consent that its queue needs", async ({ page, sql, rabbit }) => {
  await rabbit.channel.assertQueue("routed.in", { durable: true });
  await page.goto("/routes");
  await page.getByRole("link", { name: /route$/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New route");
  await page.getByRole("button", { name: "Start the route" }).click();
  await expect(page.getByText("Choose a connection").last()).toBeVisible();
  expect(await sql`select 1 from routes where name = 'orders out'`).toHaveLength(0);

  await page.getByLabel("Name", { exact: false }).first().fill("orders out");
  await page.getByRole("combobox", { name: /^Connection/ }).click();
  await page.getByRole("option", { name: /^shop/ }).click();
  await page.getByRole("combobox", { name: /^Queue/ }).fill("routed.in");
  await page.getByLabel(/^Address/).fill("ftp://127.0.0.1/orders");
  await page.getByLabel("Tries in all").fill("3");
  await expect(page.getByRole("table", { name: "Retry schedule" }).locator("tbody tr")).toHaveCount(3);
  await page.getByRole("button", { name: "Start orders out" }).click();
  await expect(page.getByText("This does not have the expected form; see the hint below.")).toBeVisible();
  await page.getByLabel(/^Address/).fill("https://127.0.0.1:1/orders/{/order/id}");
  await page.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByText("https://127.0.0.1:1/orders/A-1001")).toBeVisible();
  await page.getByRole("button", { name: "Start orders out" }).click();
  await expect(page.getByText("Agree to the emptying of the queue first.")).toBeVisible();
  await page.getByRole("checkbox", { name: "I agree that the route empties routed.in" }).click();
  await page.getByRole("button", { name: "Start orders out" }).click();
  await expect(page).toHaveURL(/\/routes\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("orders out");
  const made = await rowOf(sql<{ definition: string; consent: string; capturing: boolean }[]>`
    select r.definition, s.consent_by as consent, s.capturing from routes r join sources s on s.id = r.source_id where r.name = 'orders out'`);
  expect(made).toMatchObject({ consent: "Olivia Owner", capturing: true });
  expect(JSON.parse(made?.definition ?? "{}")).toMatchObject({ retry: { maxAttempts: 3 }, destination: { url: "https://127.0.0.1:1/orders/{/order/id}" } });
});

test("a delivery is retried now and given up, on the screen and in its row", async ({ page, sql }) => {
  const route = await stillRoute("steered one");
  const delivery = await aDelivery(database.db, route.id, { state: "retrying", dueAt: LATER(), tries: 2, nextTrigger: "automatic", key: "order-7", errorCode: "http_status", errorStatus: 503 });
  await anAttempt(database.db, delivery, { number: 1, startedAt: new Date(Date.now() - 60_000) });
  await anAttempt(database.db, delivery, { number: 2, trigger: "automatic", startedAt: new Date(Date.now() - 30_000) });
  await page.goto(`/routes/${route.id}?state=retrying`);
  await isLive(page);
  await page.getByRole("table", { name: "Deliveries" }).getByRole("link", { name: "order-7" }).click();
  await expect(page.getByRole("img", { name: /^2 tries on a time axis, 2 of them failed/ })).toBeVisible();
  await page.getByRole("button", { name: /^Try 2/ }).click();
  await expect(page.getByText("upstream connect error")).toBeVisible();
  await expect(page.getByText("status 503", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Retry now" }).click();
  await expect(page.getByText("due now").first()).toBeVisible();
  const due = await rowOf(sql<{ trigger: string; due: boolean }[]>`select next_trigger as trigger, due_at <= now() as due from deliveries where id = ${delivery.id}`);
  expect(due).toEqual({ trigger: "manual", due: true });

  await page.getByRole("button", { name: "Give up", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Give up this delivery?" });
  await dialog.getByLabel(/^Reason/).fill("a test order");
  await dialog.getByRole("button", { name: "Give it up" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Given up by Olivia Owner")).toBeVisible();
  await expect(page.getByText("“a test order”")).toBeVisible();
  const given = await rowOf(sql<{ by: string; reason: string }[]>`select given_up_by as by, given_up_reason as reason from deliveries where id = ${delivery.id}`);
  expect(given).toEqual({ by: "Olivia Owner", reason: "a test order" });
  expect(await sql`select detail from audit where subject = ${delivery.id} and act = 'delivery.give_up'`).toEqual([{ detail: JSON.stringify({ count: 1, reason: "a test order" }) }]);
});

test("a breaker is opened and closed by hand, a route paused and resumed", async ({ page, sql }) => {
  const route = await stillRoute("steered two");
  const destination = "http https://steered-two.example";
  await page.goto(`/routes/${route.id}`);
  await page.getByRole("button", { name: "Open by hand" }).click();
  const dialog = page.getByRole("dialog", { name: "Open the breaker by hand" });
  await dialog.getByLabel(/^Reason/).fill("the warehouse is moving");
  await dialog.getByRole("button", { name: "Open the breaker" }).click();
  // the reason stands in the dialog too until the answer is there
  await expect(dialog).toBeHidden();
  await expect(page.getByText("the warehouse is moving")).toBeVisible();
  await expect.poll(() => sql`select state, changed_by, probe_at from breakers where destination = ${destination}`).toEqual([{ state: "open", changed_by: "Olivia Owner", probe_at: null }]);
  await page.getByRole("button", { name: "Close now" }).click();
  await expect(page.getByRole("button", { name: "Close now" })).toHaveAttribute("aria-disabled", "true");
  await expect.poll(() => sql`select state from breakers where destination = ${destination}`).toEqual([{ state: "closed" }]);

  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect.poll(() => sql`select r.state, s.capturing from routes r join sources s on s.id = r.source_id where r.id = ${route.id}`).toEqual([{ state: "running", capturing: true }]);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  await expect.poll(() => sql`select r.state, s.capturing from routes r join sources s on s.id = r.source_id where r.id = ${route.id}`).toEqual([{ state: "paused", capturing: false }]);
});

test.describe("as a viewer", () => {
  test.use({ role: "viewer" });
  test("grey buttons say why", async ({ page }) => {
    const route = await stillRoute("looked at");
    await page.goto(`/routes/${route.id}`);
    await expect(page.getByRole("button", { name: "Resume" })).toHaveAttribute("aria-disabled", "true");
    await expect(page.getByRole("button", { name: "Edit" })).toHaveAttribute("aria-disabled", "true");
    await expect(page.getByRole("button", { name: "Open by hand" })).toHaveAttribute("aria-disabled", "true");
  });
});
