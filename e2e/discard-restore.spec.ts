import { PAIRS } from "./facts.ts";
import { expect, sourceOf, test } from "./fixtures.ts";
import { deadLetters } from "./letters.ts";
import { openList, rows } from "./screen.ts";

const PAIR = PAIRS.aside;

test("letters are put aside with a reason, one and several, come back, and the audit log tells it", async ({ page, rabbit, sql }) => {
  const failure = { type: "com.shop.NoSuchMailbox", message: "the mailbox is gone" };
  const ids = await deadLetters(rabbit, sql, PAIR, ['{"mail":1}', '{"mail":2}', '{"mail":3}'], failure);
  const states = () => sql`select state, count(*)::int as n from messages where id = any(${ids}) group by 1 order by 1`;
  await openList(page, await sourceOf(sql, PAIR));
  await expect(rows(page)).toHaveCount(3);

  await rows(page).first().getByRole("link").click();
  const pane = page.getByRole("region", { name: "Message", exact: true });
  await pane.getByRole("button", { name: /^Discard/ }).click();
  const one = page.getByRole("dialog", { name: "Discard this message" });
  const confirmOne = one.getByRole("button", { name: "Discard 1", exact: true });
  await expect(confirmOne).toHaveAccessibleDescription("Give a reason first.");
  await one.getByRole("textbox", { name: "Reason" }).fill("a test mailbox");
  await confirmOne.click();
  await expect(rows(page)).toHaveCount(2);
  await expect.poll(states).toEqual([{ state: "dead", n: 2 }, { state: "discarded", n: 1 }]); // prettier-ignore

  for (const at of [0, 1]) await rows(page).nth(at).getByRole("checkbox").click();
  const bar = page.getByRole("region", { name: "Chosen messages" });
  await expect(bar).toContainText("2 chosen");
  await bar.getByRole("button", { name: /^Discard/ }).click();
  const two = page.getByRole("dialog", { name: "Discard 2 messages" });
  await two.getByRole("textbox", { name: "Reason" }).fill("the campaign is over");
  await two.getByRole("button", { name: "Discard 2", exact: true }).click();
  await expect(rows(page)).toHaveCount(0);
  await expect.poll(states).toEqual([{ state: "discarded", n: 3 }]);

  await openList(page, await sourceOf(sql, PAIR), "discarded");
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).click();
  await bar.getByRole("button", { name: "Restore", exact: true }).click();
  const back = page.getByRole("dialog", { name: "Restore 3 messages" });
  await back.getByRole("button", { name: "Restore 3", exact: true }).click();
  await expect(rows(page)).toHaveCount(0);
  await expect.poll(states).toEqual([{ state: "dead", n: 3 }]);

  await page.goto("/audit");
  const log = page.getByRole("table", { name: "Audit log" });
  await expect(log.getByRole("row").filter({ hasText: "restored messages" }).first()).toContainText("Olivia Owner");
  await expect(log.getByRole("row").filter({ hasText: "discarded messages" }).filter({ hasText: "the campaign is over" })).toHaveCount(1);
  await expect(log.getByRole("row").filter({ hasText: "discarded messages" }).filter({ hasText: "a test mailbox" })).toHaveCount(1);
});
