import { PAIRS } from "./facts.ts";
import { expect, sourceOf, test } from "./fixtures.ts";
import { deadLetters } from "./letters.ts";
import { idOf, openList, rows } from "./screen.ts";

const PAIR = PAIRS.keys;
const ENGLISH = ["Overview", "Dead letters", "Groups", "Operations", "Queues", "Routes", "Audit", "Settings"];

test("the list is driven by keys alone", async ({ page, rabbit, sql }) => {
  await deadLetters(rabbit, sql, PAIR, ['{"refund":1}', '{"refund":2}', '{"refund":3}'], { type: "com.shop.RefundError", message: "too late" });
  await openList(page, await sourceOf(sql, PAIR));
  await expect(rows(page)).toHaveCount(3);
  const [first, second] = [await idOf(rows(page).nth(0)), await idOf(rows(page).nth(1))];
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`id=${first}`));
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`id=${second}`));
  await page.keyboard.press("k");
  await expect(page).toHaveURL(new RegExp(`id=${first}`));
  await page.keyboard.press("x");
  await expect(page.getByRole("region", { name: "Chosen messages" })).toContainText("1 chosen");
  await page.keyboard.press("r");
  const dialog = page.getByRole("dialog", { name: "Resend this message" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("region", { name: "Chosen messages" })).toBeHidden();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toContainText("Edit and resend");
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`id=${second}`));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/messages/${second}`));
  expect(await sql`select count(*)::int as n from operations o join operation_items i on i.operation_id = o.id where i.message_id = ${first}`).toEqual([{ n: 0 }]);
});

test("the language changes without a reload, and no English word stays in the navigation", async ({ page }) => {
  await page.goto("/messages");
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  const navigation = page.getByRole("navigation", { name: "主导航" });
  await expect(navigation.getByRole("link", { name: "死信" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  const words = await navigation.innerText();
  expect(ENGLISH.filter((word) => words.includes(word))).toEqual([]);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("死信");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("no page is wider than the screen", async ({ page }) => {
    for (const path of ["/", "/messages", "/groups", "/operations", "/queues", "/routes", "/routes/new", "/audit", "/settings/account"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
    }
  });
});
