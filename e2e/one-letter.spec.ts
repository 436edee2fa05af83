import { PAIRS } from "./facts.ts";
import { BODY, correctAndResend, EDITED } from "./edit.ts";
import { expect, sourceOf, test } from "./fixtures.ts";
import { idOf, list, openList, rows } from "./screen.ts";

const PAIR = PAIRS.journey;

test("a letter's journey: it dies, is edited and resent byte for byte, and dies again on the same timeline", async ({ page, rabbit, sql }) => {
  await openList(page, await sourceOf(sql, PAIR));
  await expect(rows(page)).toHaveCount(0);

  await rabbit.put(PAIR.work, BODY, { contentType: "application/json", messageId: "order-1042", headers: { tenant: "berlin" } });
  await rabbit.reject(PAIR.work);
  await expect(rows(page)).toHaveCount(1);
  const id = await idOf(rows(page));
  const [cells, table] = await Promise.all([rows(page).locator("td:visible").last().boundingBox(), list(page).boundingBox()]);
  expect((cells?.x ?? 0) + (cells?.width ?? 0), "the cells of an arriving row fill the table").toBeCloseTo((table?.x ?? 0) + (table?.width ?? 0), 0);
  await expect(rows(page)).toContainText("Dead");
  await expect(rows(page)).toContainText("Rejected by the consumer");

  await rows(page).getByRole("link").click();
  const pane = page.getByRole("region", { name: "Message", exact: true });
  await pane.getByRole("link", { name: "Open the whole page" }).click();
  await expect(page).toHaveURL(new RegExp(`/messages/${id}`));
  const timeline = page.getByRole("list", { name: "Timeline" });
  await expect(timeline.getByText("Death 1", { exact: true })).toBeVisible();
  await expect(timeline.getByText("RabbitMQ dead-letter exchange")).toBeVisible();
  await expect(timeline.getByText(PAIR.work, { exact: true })).toBeVisible();

  await correctAndResend(page, PAIR.work);

  const resent = await rabbit.take(PAIR.work);
  expect(resent.content.equals(Buffer.from(EDITED))).toBe(true);
  expect(resent.properties.contentType).toBe("application/json");
  expect(resent.properties.messageId).toBe("order-1042");
  expect(resent.properties.headers).toMatchObject({ tenant: "berlin", "redrive-id": id, "redrive-count": "1" });
  expect(resent.properties.headers).toHaveProperty("redrive-origin");
  expect(resent.properties.headers).not.toHaveProperty("x-death");
  await expect(timeline.getByText("Resend 1: confirmed")).toBeVisible();
  await expect.poll(() => sql`select m.state, r.author, r.reason from messages m join revisions r on r.message_id = m.id where m.id = ${id}`).toEqual([
    { state: "resent", author: "Olivia Owner", reason: "the currency is EUR" },
  ]);

  rabbit.channel.nack(resent, false, false);
  await expect(timeline.getByText("Death 2: it died again after resend 1")).toBeVisible();
  await expect(timeline.getByText("Death 1", { exact: true })).toBeVisible();
  await expect(timeline.getByText("Edit 1 by Olivia Owner")).toBeVisible();
  await page.getByRole("link", { name: "Dead letters" }).last().click();
  await expect(rows(page)).toHaveCount(1);
  const [row] = await sql`
    select m.state, m.deaths, m.redrives, (select count(*)::int from messages where source_id = m.source_id) as all,
      (select bytes from bodies where id = (select body_id from deaths where message_id = m.id and number = 1)) as first
    from messages m where m.id = ${id}`;
  expect(row).toMatchObject({ state: "dead", deaths: 2, redrives: 1, all: 1 });
  expect(Buffer.from(row?.first as Uint8Array).equals(Buffer.from(BODY))).toBe(true);
});
