import type { PgBoss } from "pg-boss";
import { eventually } from "#test/eventually.ts";
import { JOBS } from "./facts.ts";
import { expect, sourceOf, test } from "./fixtures.ts";
import { idOf, openList, rows } from "./screen.ts";

const DATA = { picture: "cat.png", sizes: [64, 128] };

/** A consumer whose handler throws. */
async function fail(boss: PgBoss, message: string): Promise<{ readonly data: object }> {
  const job = await eventually(async () => (await boss.fetch<typeof DATA>(JOBS.work))[0] ?? false, { timeoutMs: 30_000, intervalMs: 50 });
  if (job === false) throw new Error("unreachable");
  await boss.fail(JOBS.work, job.id, new TypeError(message));
  return job;
}

test("a pg-boss job dies, is resent, and dies again on the same timeline", async ({ page, boss, sql }) => {
  await openList(page, await sourceOf(sql, JOBS));
  await expect(rows(page)).toHaveCount(0);
  await boss.send(JOBS.work, DATA);
  await fail(boss, "unsupported colour space");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("unsupported colour space");
  const id = await idOf(rows(page));

  await page.goto(`/messages/${id}`);
  const timeline = page.getByRole("list", { name: "Timeline" });
  await page.getByRole("button", { name: /^Resend/ }).click();
  const dialog = page.getByRole("dialog", { name: "Resend this message" });
  await dialog.getByRole("button", { name: `Resend 1 to ${JOBS.work}`, exact: true }).click();
  await expect(timeline.getByText("Resend 1: confirmed")).toBeVisible();
  const again = await fail(boss, "still unsupported");
  expect(again.data).toMatchObject(DATA);

  await expect(timeline.getByText("Death 2: it died again after resend 1")).toBeVisible();
  await expect(timeline).toContainText("still unsupported");
  await expect(timeline.getByText("Death 1", { exact: true })).toBeVisible();
  const [row] = await sql`
    select m.state, m.deaths, m.redrives, (select count(*)::int from messages where source_id = m.source_id) as all from messages m where m.id = ${id}`;
  expect(row).toEqual({ state: "dead", deaths: 2, redrives: 1, all: 1 });
});
