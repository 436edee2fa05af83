import { PAIRS } from "./facts.ts";
import { expect, test } from "./fixtures.ts";
import { deadLetters } from "./letters.ts";

const PAIR = PAIRS.groups;
const COUNT = 7;
const BODIES = Array.from({ length: COUNT }, (_, at) => `{"payment":${at},"cents":${at}99}`);

test("a group of the same failure is resent as one operation, and every message arrives", async ({ page, rabbit, sql }) => {
  const ids = await deadLetters(rabbit, sql, PAIR, BODIES, { type: "com.shop.CardDeclinedError", message: "declined by issuer" });
  await deadLetters(rabbit, sql, PAIR, ['{"other":true}'], { type: "com.shop.TimeoutError", message: "gateway timed out" });

  await page.goto("/groups");
  await page.getByRole("table").getByRole("link", { name: /CardDeclinedError/ }).click();
  await expect(page).toHaveURL(/\/groups\/[0-9a-f-]{36}/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("CardDeclinedError at Handler.handle()");
  await page.getByRole("button", { name: `Resend ${COUNT}`, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Resend ${COUNT} messages` });
  await dialog.getByRole("button", { name: new RegExp(`^Resend ${COUNT} to ${PAIR.work}$`) }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "View" }).click();
  await expect(page).toHaveURL(/\/operations\/[0-9a-f-]{36}/);
  const operation = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Finished");
  await expect(page.getByRole("progressbar", { name: "Progress" })).toHaveAttribute("aria-valuetext", `${COUNT} of ${COUNT}`);
  await expect(page.getByRole("table", { name: "Messages of this operation" }).locator("tbody tr")).toHaveCount(COUNT);

  const arrived: string[] = [];
  for (let at = 0; at < COUNT; at += 1) {
    const message = await rabbit.take(PAIR.work);
    expect(message.properties.headers).not.toHaveProperty("x-exception-message");
    expect(ids).toContain(message.properties.headers?.["redrive-id"]);
    arrived.push(message.content.toString());
    rabbit.channel.ack(message);
  }
  expect(arrived.toSorted()).toEqual(BODIES.toSorted());
  expect(await rabbit.channel.get(PAIR.work)).toBe(false);
  expect(await sql`select state, total from operations where id = ${operation}`).toEqual([{ state: "finished", total: COUNT }]);
  expect(await sql`select outcome, count(*)::int as n from operation_items where operation_id = ${operation} group by 1`).toEqual([{ outcome: "confirmed", n: COUNT }]);
  expect(await sql`select count(*)::int as n from messages where id = any(${ids}) and state = 'resent'`).toEqual([{ n: COUNT }]);
});
