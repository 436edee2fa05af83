import { expect, test } from "./fixtures.ts";
import { declarePair } from "./rabbit.ts";
import { isLive, rows } from "./screen.ts";

const PAIR = { work: "newsletter", dead: "newsletter.graveyard" };

test("a new dead-letter queue is found, told why, and captured after consent", async ({ page, rabbit, sql }) => {
  await declarePair(rabbit.channel, PAIR);
  await rabbit.put(PAIR.work, '{"issue":1}', { messageId: "issue-1" });
  await rabbit.reject(PAIR.work);

  await page.goto("/queues?dlq=1");
  await isLive(page);
  await page.getByRole("combobox", { name: "Connection" }).click();
  await page.getByRole("option", { name: "shop", exact: true }).click();
  await page.getByRole("button", { name: "List shop again" }).click();
  const row = page.getByRole("table").getByRole("row").filter({ hasText: PAIR.dead });
  await expect(row.getByRole("img", { name: "Looks like a dead-letter queue" })).toBeVisible();
  await expect(row).toContainText("Not captured");
  await row.getByText(PAIR.dead).click();
  const drawer = page.getByRole("dialog", { name: PAIR.dead });
  await expect(drawer).toContainText(`Messages that die in ${PAIR.work} are sent here.`);
  await drawer.getByRole("button", { name: "Capture this queue" }).click();

  const dialog = page.getByRole("dialog", { name: `Capture ${PAIR.dead}?` });
  await expect(dialog).toContainText(`Capturing empties ${PAIR.dead}`);
  const confirm = dialog.getByRole("button", { name: `Capture ${PAIR.dead}`, exact: true });
  await expect(confirm).toHaveAccessibleDescription("Agree to the emptying of the queue first.");
  await dialog.getByRole("checkbox", { name: `I agree that capturing empties ${PAIR.dead}` }).click();
  await confirm.click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => sql`select consent_by, capturing, managed_by from sources where name = ${PAIR.dead}`).toEqual([
    { consent_by: "Olivia Owner", capturing: true, managed_by: "screen" },
  ]);

  await drawer.getByRole("link", { name: "Messages" }).click();
  await expect(rows(page)).toHaveCount(1);
  await rabbit.put(PAIR.work, '{"issue":2}', { messageId: "issue-2" });
  await rabbit.reject(PAIR.work);
  await expect(rows(page)).toHaveCount(2);
  expect((await rabbit.channel.checkQueue(PAIR.dead)).messageCount).toBe(0);
});
