import { expect, type Locator, type Page } from "@playwright/test";

/** The list of dead letters. */
export const list = (page: Page): Locator => page.getByRole("table", { name: "Dead letters" });

/** The rows of the list, its header aside. */
export const rows = (page: Page): Locator => list(page).locator("tbody tr[data-row]");

/** Opens the dead letters of one source and waits until the page is live. */
export async function openList(page: Page, sourceId: string, states = ""): Promise<void> {
  await page.goto(`/messages?source=${sourceId}${states === "" ? "" : `&state=${states}`}`);
  await isLive(page);
}

/** Waits for the live connection. */
export const isLive = (page: Page): Promise<void> => expect(page.getByRole("button", { name: /^Live/ })).toBeVisible();

/** The id of the message a row shows. */
export async function idOf(row: Locator): Promise<string> {
  const id = await row.getAttribute("data-row");
  if (id === null) throw new Error("the row has no id");
  return id;
}
