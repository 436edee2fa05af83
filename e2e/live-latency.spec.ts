import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { PAIRS } from "./facts.ts";
import { expect, sourceOf, test } from "./fixtures.ts";
import { openList, rows } from "./screen.ts";

const PAIR = PAIRS.speed;
const N = 60;
const EVERY_MS = 150;

/** Notes for each row when the frame after its insertion was drawn, as ms of the machine's clock. */
async function notePaints(page: Page): Promise<void> {
  await page.evaluate(() => {
    const painted = new Map<string, number>();
    const look = () => {
      const fresh = [...document.querySelectorAll("tr[data-row]")].flatMap((row) => {
        const key = row.textContent?.match(/speed-\d+/)?.[0];
        return key === undefined || painted.has(key) ? [] : [key];
      });
      if (fresh.length === 0) return;
      for (const key of fresh) painted.set(key, Number.POSITIVE_INFINITY);
      // a frame's callbacks run before it is drawn: the message after them comes when it was
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          for (const key of fresh) painted.set(key, performance.timeOrigin + performance.now());
        };
        port2.postMessage(null);
      });
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(globalThis, { paintedRows: () => [...painted] });
  });
}

const paints = async (page: Page): Promise<Map<string, number>> =>
  new Map(await page.evaluate(() => (globalThis as unknown as { paintedRows: () => [string, number][] }).paintedRows()));

const percentile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

test("from a consumer's rejection to the painted row it takes less than a second", async ({ page, rabbit, sql }) => {
  const source = await sourceOf(sql, PAIR);
  await openList(page, source);
  await expect(page.getByText("Nothing matches this filter")).toBeVisible();
  await notePaints(page);

  const rejected = new Map<string, number>();
  const { consumerTag } = await rabbit.channel.consume(PAIR.work, (message) => {
    if (message === null) return;
    rejected.set(String(message.properties.messageId), Date.now());
    rabbit.channel.nack(message, false, false);
  });
  const began = performance.now();
  for (let at = 1; at <= N; at += 1) {
    const { headers } = { headers: { "x-exception-message": `speed-${at}`, "x-original-exchange": "", "x-original-routingKey": PAIR.work } };
    rabbit.channel.publish("", PAIR.work, Buffer.from(`{"n":${at}}`), { messageId: `speed-${at}`, contentType: "application/json", headers });
    // open loop: the pace does not wait for the screen
    await pause(Math.max(0, began + at * EVERY_MS - performance.now()));
  }
  await expect(rows(page).filter({ hasText: `speed-${N}` })).toHaveCount(1);
  await rabbit.channel.cancel(consumerTag);

  await expect.poll(async () => [...(await paints(page)).values()].filter(Number.isFinite).length).toBe(N);
  const painted = await paints(page);
  const taken = [...rejected].map(([key, at]) => (painted.get(key) ?? Number.NaN) - at).toSorted((a, b) => a - b);
  expect(taken).toHaveLength(N);
  expect(taken.every((ms) => ms > 0)).toBe(true);
  const [p50, p99, max] = [percentile(taken, 0.5), percentile(taken, 0.99), taken.at(-1) ?? Number.NaN];
  console.log(`nack to painted row, ${N} messages every ${EVERY_MS} ms: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${max.toFixed(0)} ms`);
  expect(p99).toBeLessThan(1_000);
  const [stored] = await sql`select count(*)::int as n from messages where source_id = ${source}`;
  expect(stored).toEqual({ n: N });
});
