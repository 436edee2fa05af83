import fc from "fast-check";
import { expect, test } from "vitest";
import { tokenizeJsonLine } from "./json-tokens.ts";

const kinds = (line: string) =>
  tokenizeJsonLine(line)
    .filter(({ text }) => text.trim() !== "")
    .map(({ kind, text }) => `${kind} ${text}`);

test("keys, strings, numbers and literals are told apart", () => {
  expect(kinds('  "__proto__": ["a\\"b", -1.5e+3, 12345678901234567890, true, null]')).toEqual([
    'key "__proto__"',
    "mark :",
    "mark [",
    'string "a\\"b"',
    "mark ,",
    "number -1.5e+3",
    "mark ,",
    "number 12345678901234567890",
    "mark ,",
    "literal true",
    "mark ,",
    "literal null",
    "mark ]",
  ]);
});

// Any UTF-16 units, lone surrogates too, with those that mean something in JSON well represented.
const units = fc.array(
  fc.oneof(fc.nat(0xffff), fc.constantFrom(...[...'"\\{}[],: 0-e.\n'].map((char) => char.charCodeAt(0)))),
  {
    maxLength: 80,
  },
);

test("whatever the text, the tokens joined are the text", () => {
  fc.assert(
    fc.property(units, (codes) => {
      const line = String.fromCharCode(...codes);
      const joined = tokenizeJsonLine(line).map(({ text }) => text);
      expect(joined.join("")).toBe(line);
    }),
  );
});

test("a long unclosed string of backslashes takes linear time", () => {
  const line = `"${"\\".repeat(200_000)}`;
  const before = performance.now();
  expect(tokenizeJsonLine(line).length).toBeGreaterThan(0);
  expect(performance.now() - before).toBeLessThan(1_000);
});

test("a long line of brackets is few tokens, and so is one of ever other ones", () => {
  expect(tokenizeJsonLine("[".repeat(64_000))).toEqual([{ kind: "mark", text: "[".repeat(64_000) }]);
  const line = "[1,".repeat(20_000);
  const tokens = tokenizeJsonLine(line);
  expect(tokens.length).toBeLessThan(2_100);
  expect(tokens.map(({ text }) => text).join("")).toBe(line);
});
