import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createTranslator } from "use-intl/core";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { placeholdersOf, readUsage, type Usage } from "./message-keys.ts";

const ROOT = join(import.meta.dirname, "../..");
const LANGUAGES = ["en", "zh-CN"] as const;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function flatten(value: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (!isRecord(value)) return into.set(path, String(value));
  for (const [key, inner] of Object.entries(value)) flatten(inner, path === "" ? key : `${path}.${key}`, into);
  return into;
}

/** Every text of one language by `namespace.key`. */
async function textsOf(language: (typeof LANGUAGES)[number]): Promise<Map<string, string>> {
  const folder = join(ROOT, "ui/messages", language);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  const texts = new Map<string, string>();
  for (const file of files) {
    flatten(JSON.parse(await readFile(join(folder, file), "utf8")), file.slice(0, -".json".length), texts);
  }
  return texts;
}

async function usageOf(...rooms: string[]): Promise<Usage> {
  const usage: Usage = { keys: new Set(), prefixes: new Set(), problems: [] };
  for (const room of rooms) {
    for (const file of await readdir(join(ROOT, room), { recursive: true })) {
      if (!/\.tsx?$/u.test(file) || /\.(test|d)\.tsx?$/u.test(file)) continue;
      readUsage(`${room}/${file}`, await readFile(join(ROOT, room, file), "utf8"), usage);
    }
  }
  return usage;
}

const [en, zh] = await Promise.all([textsOf("en"), textsOf("zh-CN")]);
const usage = await usageOf("ui", "app");

test("both languages have the same keys", () => {
  expect([...zh.keys()].toSorted()).toEqual([...en.keys()].toSorted());
});

test("no key is written twice in a file, where the second would hide the first", async () => {
  for (const language of LANGUAGES) {
    const folder = join(ROOT, "ui/messages", language);
    for (const file of await readdir(folder)) {
      if (!file.endsWith(".json")) continue;
      const { errors } = parseDocument(await readFile(join(folder, file), "utf8"), { uniqueKeys: true });
      expect(errors.map(({ message }) => message), `${language}/${file}`).toEqual([]);
    }
  }
});

test("no text is empty", () => {
  const empty = [...en, ...zh].filter(([, text]) => text.trim() === "").map(([key]) => key);
  expect(empty).toEqual([]);
});

test("a text has the same placeholders in both languages", () => {
  const different = [...en]
    .filter(([key, text]) => placeholdersOf(text).join() !== placeholdersOf(zh.get(key) ?? "").join())
    .map(([key]) => key);
  expect(different).toEqual([]);
});

test.each(LANGUAGES)("every text of %s is well-formed ICU", (locale) => {
  const broken: string[] = [];
  for (const [key, text] of locale === "en" ? en : zh) {
    const values = Object.fromEntries(placeholdersOf(text).map((name) => [name.replaceAll(/[<>]/gu, ""), 1]));
    const tags = Object.fromEntries(
      placeholdersOf(text)
        .filter((name) => name.startsWith("<"))
        .map((name) => [name.slice(1, -1), (chunks: string) => chunks]),
    );
    const translate = createTranslator<Record<string, string>>({
      locale,
      messages: { text },
      onError: (error) => broken.push(`${key}: ${error.message}`),
    });
    translate.markup("text", { ...values, ...tags });
  }
  expect(broken).toEqual([]);
});

test("words are asked for by the convention", () => {
  expect(usage.problems).toEqual([]);
});

test("no key is used that is missing", () => {
  expect([...usage.keys].filter((key) => !en.has(key))).toEqual([]);
  const hollow = [...usage.prefixes].filter((prefix) => ![...en.keys()].some((key) => key.startsWith(prefix)));
  expect(hollow).toEqual([]);
});

test("no key is unused", () => {
  const unused = [...en.keys()].filter(
    (key) => !usage.keys.has(key) && ![...usage.prefixes].some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});

test("the reader of sources sees what it must", () => {
  const read = (text: string) => {
    const found: Usage = { keys: new Set(), prefixes: new Set(), problems: [] };
    readUsage("x.tsx", text, found);
    return { keys: [...found.keys].toSorted(), prefixes: [...found.prefixes], problems: found.problems.length };
  };
  expect(
    read(
      'const t = useTranslations("a"); t("b"); t.rich("c.d"); item.t("no"); const s = await getTranslator("e"); s(`f`)',
    ),
  ).toEqual({
    keys: ["a.b", "a.c.d", "e.f"],
    prefixes: [],
    problems: 0,
  });
  expect(read('const t = useTranslations("a"); t(`b.${c}`)').prefixes).toEqual(["a.b."]);
  expect(read('const f = (t: Translate<"a">) => t("b")').keys).toEqual(["a.b"]);
  expect(
    read('const t = useTranslations("a"); t("b"); }\nfunction g() { const t = useTranslations("c"); t("d")').keys,
  ).toEqual(["a.b", "c.d"]);
  expect(read('const t = useTranslations("a"); t(key)').problems).toBe(1);
  expect(read('const t = useTranslations("a"); t(`${key}`)').problems).toBe(1);
  expect(read("const t = useTranslations(ns)").problems).toBe(1);
});

test("placeholders are found at any depth, and words of branches are not placeholders", () => {
  expect(placeholdersOf("{count, plural, one {{name} waits} other {# wait for {name}}} <b>now</b>")).toEqual([
    "<b>",
    "count",
    "name",
  ]);
  expect(placeholdersOf("{state, select, dead {gone} other {there}} {at, date, short}")).toEqual(["at", "state"]);
});
