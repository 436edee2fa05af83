import type { Page } from "@playwright/test";
import type { Options } from "amqplib";
import { eventually } from "#test/eventually.ts";
import { PAIRS } from "./facts.ts";
import { expect, sourceOf, test } from "./fixtures.ts";
import { openList, rows } from "./screen.ts";

const PAIR = PAIRS.hostile;
const NUL = "\u0000";
const VECTORS = [
  "<script>ranAsScript()</script>",
  "<img src=x onerror=ranAsScript()>",
  "<svg/onload=ranAsScript()>",
  "javascript:ranAsScript()",
  "\"><iframe srcdoc='<script>parent.ranAsScript()</script>'>",
  "</textarea></style></title><script>ranAsScript()</script>",
  "{{constructor.constructor('ranAsScript()')()}}",
].join(" ");
const BIDI = "\u202Etxt.exe\u202C \u2066isolated\u2069 \u200Bzero\uFEFFwidth";

type Letter = { readonly name: string; readonly body: Buffer; readonly options?: Options.Publish };

const json = (text: string) => Buffer.from(text);
const headers = {
  "x-exception-message": `${VECTORS} ${BIDI}`,
  "x-exception-stacktrace": `com.evil.${VECTORS}: ${BIDI}\n\tat <b>evil</b>(Evil.java:1)`,
  "x-original-exchange": "",
  "x-original-routingKey": VECTORS.slice(0, 200),
  [`<img src=x onerror=ranAsScript()>`]: VECTORS,
  constructor: "polluted",
  prototype: { polluted: true },
  bidi: BIDI,
  long: "x".repeat(60_000),
};
Object.defineProperty(headers, "__proto__", { value: "polluted", enumerable: true });

const LETTERS: readonly Letter[] = [
  { name: "markup", body: json(JSON.stringify({ html: VECTORS, bidi: BIDI })), options: { contentType: "application/json", messageId: VECTORS.slice(0, 200), type: VECTORS.slice(0, 200), headers } },
  { name: "prototype", body: json('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}'), options: { contentType: "application/json" } },
  { name: "long", body: json(`{"text":"${"<b>long</b>".repeat(95_000)}"}`), options: { contentType: "application/json" } },
  { name: "not UTF-8", body: Buffer.of(0, 0xff, 0xfe, 0xc3, 0x28, 0, 0xed, 0xa0, 0x80), options: { contentType: "text/html; charset=utf-8" } },
  { name: "NUL in JSON", body: json(`{"a":"\\u0000","b":"\\ud800"}`), options: { contentType: "application/json", headers: { nul: `a${NUL}b` } } },
  { name: "deep", body: json(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), options: { contentType: "application/json" } },
];

/** What a page must not do: run a script of a letter, open a dialog, offend the policy, or fail. */
async function watch(page: Page): Promise<string[]> {
  const bad: string[] = [];
  await page.exposeFunction("ranAsScript", () => void bad.push("a script of a letter ran"));
  page.on("dialog", (dialog) => {
    bad.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => bad.push(`an error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") bad.push(`the console: ${message.text()}`);
  });
  return bad;
}

test("hostile letters are shown as text on every page, and their neighbours stay in sight", async ({ page, rabbit, sql }) => {
  test.setTimeout(300_000);
  const bad = await watch(page);
  const source = await sourceOf(sql, PAIR);
  await openList(page, source);
  // straight to the dead letters, as a hostile producer would
  await rabbit.put(PAIR.dead, '{"neighbour":"before"}', { messageId: "good-1", contentType: "application/json" });
  for (const { body, options } of LETTERS) await rabbit.put(PAIR.dead, body, options);
  await rabbit.put(PAIR.dead, '{"neighbour":"after"}', { messageId: "good-2", contentType: "application/json" });
  await expect(rows(page)).toHaveCount(LETTERS.length + 2);
  await expect(rows(page).filter({ hasText: "<script>ranAsScript()</script>" }).first()).toBeVisible();

  const stored = await eventually(async () => {
    const found = await sql<{ id: string; bytes: Buffer; group: string }[]>`
      select m.id, b.bytes, m.group_id as group from messages m join bodies b on b.id = m.body_id where m.source_id = ${source} order by m.position`;
    return found.length === LETTERS.length + 2 && found;
  });
  if (stored === false) throw new Error("unreachable");
  for (const [at, { name, body }] of LETTERS.entries()) {
    const letter = stored[at + 1];
    if (letter === undefined) throw new Error(`${name} is not stored`);
    expect(letter.bytes.equals(body), name).toBe(true);
    await test.step(name, async () => {
      for (const tab of ["payload", "headers", "facts"]) {
        await page.goto(`/messages/${letter.id}?tab=${tab}`);
        await expect(page.getByRole("list", { name: "Timeline" })).toBeVisible();
        await expect(page.getByRole("tab", { selected: true }).first()).toBeVisible();
        await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
      }
      await page.goto(`/messages/${letter.id}?tab=payload`);
      const looks = page.getByRole("radiogroup", { name: "Shown as" }).getByRole("radio");
      await expect(looks.last()).toBeVisible();
      for (const look of await looks.all()) await look.click();
      await page.getByRole("button", { name: /^Edit and resend/ }).click();
      const dialog = page.getByRole("dialog", { name: "Edit and resend" });
      await expect(dialog).toBeVisible();
      await expect(dialog.locator("[aria-busy=true]")).toHaveCount(0);
      await page.goto(`/groups/${letter.group}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.goto(`/messages?source=${source}&id=${letter.id}`);
      await expect(page.getByRole("region", { name: "Message", exact: true })).toContainText(letter.id);
      await expect(rows(page)).toHaveCount(LETTERS.length + 2);
    });
  }
  for (const path of ["/", "/groups", "/audit"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  }
  await page.goto(`/messages?source=${source}&q=ranasscript`);
  await expect(rows(page)).toHaveCount(1);
  expect(await page.evaluate(() => ({}) as { polluted?: boolean }).then(({ polluted }) => polluted)).toBeUndefined();
  expect(bad).toEqual([]);
});
