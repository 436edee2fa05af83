import { expect, test } from "./fixtures.ts";

const QUEUE = "published.in";

test("a key made on the screen publishes over HTTP, equal requests once, and nothing more after it was revoked", async ({ page, sql, rabbit, world }) => {
  await rabbit.channel.assertQueue(QUEUE, { durable: true });
  await page.goto("/settings/api-keys");
  await page.getByRole("button", { name: "Make a key" }).first().click();
  const form = page.getByRole("dialog", { name: "Make an API key" });
  await form.getByRole("button", { name: "Make the key" }).click();
  await expect(form.getByText("1 to 80 characters.")).toBeVisible();
  await form.getByLabel("Program").fill("web shop");
  await form.getByLabel("Program").press("Enter");
  const shown = page.getByRole("dialog", { name: "Key for web shop" });
  const key = await shown.getByLabel("API key").inputValue();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(shown).toBeHidden();
  await expect(page.getByText(key), "it is shown once").toHaveCount(0);
  const row = page.getByRole("table", { name: "API keys" }).getByRole("row", { name: /web shop/ });
  await expect(row).toContainText("Works");

  // as the program would: no cookie, no browser
  const ask = async (path: string, body?: string, idempotencyKey?: string) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }) };
    const answer = await fetch(`${world.url}${path}`, { method: "POST", headers, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  const order = '{"id":12345678901234567890,"total":1.50}';
  const request = JSON.stringify({ connection: "shop", target: { exchange: "", routingKey: QUEUE }, headers: [["x-tenant", "acme"]], contentType: "application/json", body: order });
  const token = String((await ask("/api/token")).json["token"]);
  const answers = await Promise.all([1, 2, 3].map(() => ask("/api/v1/messages", request, token)));
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, json: { status: "confirmed", id: answers[0]?.json["id"] } });
  const message = await rabbit.take(QUEUE);
  rabbit.channel.ack(message);
  expect(message.content.toString()).toBe(order);
  expect(message.properties).toMatchObject({ contentType: "application/json", headers: { "x-tenant": "acme" } });
  expect(await rabbit.channel.checkQueue(QUEUE)).toMatchObject({ messageCount: 0 });
  expect(await sql`select state from publications where idempotency_key = ${token}`).toEqual([{ state: "confirmed" }]);

  await row.getByRole("button", { name: "Revoke the key of web shop" }).click();
  await page.getByRole("dialog", { name: "Revoke the key of web shop?" }).getByRole("button", { name: "Revoke the key of web shop" }).click();
  await expect(row).toContainText("Revoked");
  expect(await ask("/api/v1/messages", request, token)).toMatchObject({ status: 401 });
  expect(await ask("/api/token")).toMatchObject({ status: 401 });
  expect(await sql`select act from audit where act like 'api_key.%' order by id`).toEqual([{ act: "api_key.create" }, { act: "api_key.revoke" }]);
});

test.describe("as a viewer", () => {
  test.use({ role: "viewer" });
  test("there are no keys to see, on the screen or in the API", async ({ page, world }) => {
    await page.goto("/settings/api-keys");
    await expect(page.getByText("This needs the role admin", { exact: false })).toBeVisible();
    const answer = await page.request.get("/api/trpc/apiKeys.list", { headers: { origin: world.url } });
    expect(answer.status()).toBe(403);
  });
});
