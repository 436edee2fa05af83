import { expect, type Page } from "@playwright/test";

/** What a person types into the form of a new route; times in seconds. */
export type TypedRoute = {
  readonly name: string;
  readonly connection: string;
  readonly queue: string;
  /** Whether the queue is emptied, which wants the person's consent. */
  readonly taken: boolean;
  readonly url: string;
  readonly wait: string;
  readonly headTimeout: string;
  readonly timeout: string;
};

/** Makes a route on the screen, to an endpoint on this machine, and answers its id. The page is the route's afterwards. */
export async function makeRoute(page: Page, route: TypedRoute): Promise<string> {
  await page.goto("/routes/new");
  await page.getByLabel("Name", { exact: false }).first().fill(route.name);
  await page.getByRole("combobox", { name: /^Connection/ }).click();
  await page.getByRole("option", { name: new RegExp(`^${route.connection}\\b`) }).click();
  await page.getByRole("combobox", { name: /^Queue/ }).fill(route.queue);
  await page.getByLabel(/^Address/).fill(route.url);
  await page.getByText("Body, headers passed on, timeouts, signing, private addresses").click();
  await page.getByLabel("Until the answer begins").fill(route.headTimeout);
  await page.getByLabel("Until the answer ends").fill(route.timeout);
  await page.getByLabel("Private addresses that are allowed").fill("127.0.0.0/8");
  await page.getByLabel("First wait").fill(route.wait);
  await page.getByLabel("Factor").fill("1");
  await page.getByRole("combobox", { name: /^Jitter/ }).click();
  await page.getByRole("option", { name: "None" }).click();
  if (route.taken) await page.getByRole("checkbox", { name: `I agree that the route empties ${route.queue}` }).click();
  await page.getByRole("button", { name: `Start ${route.name}` }).click();
  await expect(page).toHaveURL(/\/routes\/[0-9a-f-]{36}$/);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}
