import { expect, type Locator, type Page } from "@playwright/test";

/** A body with what editors lose: a number of 20 digits, white space, `1.0`. */
export const BODY = '{"zeta": 1, "amount": 12345678901234567890, "card": {"brand": "visa", "currency": "EURO"},\n  "alpha": [1.0, 2e3]}';
export const EDITED = BODY.replace('"EURO"', '"EUR"');

/** On a message's page: corrects the currency, looks at the difference, and orders the resend to `target`. */
export async function correctAndResend(page: Page, target: string): Promise<void> {
  await page.getByRole("button", { name: /^Edit and resend/ }).click();
  const dialog: Locator = page.getByRole("dialog", { name: "Edit and resend" });
  const editor = dialog.getByRole("textbox", { name: "Body" });
  await expect(editor).toContainText("12345678901234567890");
  await editor.getByText('"EURO"', { exact: true }).dblclick();
  await page.keyboard.type("EUR");
  await dialog.getByRole("button", { name: "Compare the change" }).click();
  await expect(dialog.locator(".cm-deletedChunk, .cm-changedLine").first()).toBeVisible();
  await expect(dialog.getByText('"EURO"').first()).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("the currency is EUR");
  await dialog.getByRole("button", { name: `Resend the edited message to ${target}` }).click();
  await expect(dialog).toBeHidden();
}
