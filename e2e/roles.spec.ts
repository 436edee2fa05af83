import { PAIRS } from "./facts.ts";
import { expect, sourceOf, test } from "./fixtures.ts";
import { deadLetters } from "./letters.ts";
import { openList, rows } from "./screen.ts";

const PAIR = PAIRS.pages;
const WHY = "Your role may look but not act. Ask an operator or an admin.";
const FAILURE = { type: "com.shop.AddressError", message: "no such street" };

const order = (id: string) => ({
  act: "discard",
  selection: { by: "ids", ids: [id] },
  requestId: crypto.randomUUID(),
  expected: 1,
  asOf: 1_000_000,
  reason: "by a request of its own",
});

test.describe("a viewer", () => {
  test.use({ role: "viewer" });

  test("sees everything, and grey buttons that say why", async ({ page, rabbit, sql }) => {
    const [id = ""] = await deadLetters(rabbit, sql, PAIR, ['{"street":"Nowhere 1"}'], FAILURE);
    await openList(page, await sourceOf(sql, PAIR));
    await expect(rows(page).first()).toContainText("AddressError: no such street");
    await page.goto(`/messages/${id}`);
    for (const name of [/^Resend/, /^Edit and resend/, /^Discard/]) {
      const button = page.getByRole("button", { name });
      await expect(button).toHaveAttribute("aria-disabled", "true");
      await expect(button).toHaveAccessibleDescription(WHY);
    }
    await page.getByRole("button", { name: /^Resend/ }).hover();
    await expect(page.getByRole("tooltip")).toHaveText(WHY);
    await page.getByRole("button", { name: /^Discard/ }).click({ force: true });
    await page.keyboard.press("d");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.goto("/groups");
    await expect(page.getByRole("table").getByText(/AddressError/).first()).toBeVisible();
  });

  test("is refused by the API too, and that is on record", async ({ page, rabbit, sql, world }) => {
    const [id = ""] = await deadLetters(rabbit, sql, PAIR, ['{"street":"Nowhere 2"}'], FAILURE);
    const answer = await page.request.post("/api/trpc/operations.order", { data: order(id), headers: { origin: world.url } });
    expect(answer.status()).toBe(403);
    expect((await answer.json()).error.data.code).toBe("FORBIDDEN");
    expect(await sql`select state from messages where id = ${id}`).toEqual([{ state: "dead" }]);
    expect(await sql`select actor from audit where act = 'access.refused' and subject = 'operations.order' order by id desc limit 1`).toEqual([
      { actor: "Victor Viewer" },
    ]);
  });
});

test.describe("somebody who is not signed in", () => {
  test.use({ role: null });

  test("is sent to the sign-in page from every address", async ({ page }) => {
    for (const path of ["/", "/messages", "/queues", "/audit", "/settings/people"]) {
      await page.goto(path);
      await expect(page).toHaveURL(/\/sign-in/);
      await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    }
  });

  test("gets 401 from the API", async ({ page, sql, world }) => {
    const [before] = await sql`select count(*)::int as n from operations`;
    const write = await page.request.post("/api/trpc/operations.order", { data: order(crypto.randomUUID()), headers: { origin: world.url } });
    expect(write.status()).toBe(401);
    const read = await page.request.get(`/api/trpc/messages.list?input=${encodeURIComponent(JSON.stringify({ filter: {}, order: "newest" }))}`);
    expect(read.status()).toBe(401);
    expect((await page.request.get(`/api/messages/${crypto.randomUUID()}/body`)).status()).toBe(401);
    expect(await sql`select count(*)::int as n from operations`).toEqual([before]);
  });
});
