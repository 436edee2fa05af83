import { expect, test } from "vitest";
import { visibleParts, visibleText } from "./visible-text.ts";

test("plain text of any script stays as it is", () => {
  for (const text of ["payments.dlq", "支付队列", "очередь", "תור", "zażółć", "👍️", "a b"]) {
    expect(visibleText(text)).toBe(text);
  }
});

test.each([
  ["pay\u202ements", "pay[U+202E]ments"],
  ["pay\u200bments", "pay[U+200B]ments"],
  ["a\u0000b\nc", "a[U+0000]b[U+000A]c"],
  ["\ufeffx", "[U+FEFF]x"],
  ["x\u{e0041}", "x[U+E0041]"],
  ["x\ud800y", "x[U+D800]y"],
  ["a\u2066b\u2069", "a[U+2066]b[U+2069]"],
  ["a\u3164b", "a[U+3164]b"],
])("unseen characters in %j are shown by their code", (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test("multiline text keeps its line feeds and tabs, and shows the rest", () => {
  expect(visibleParts("a\n\tb\r\u200d", true)).toEqual([
    { text: "a\n\tb", unseen: false },
    { text: "U+000D", unseen: true },
    { text: "U+200D", unseen: true },
  ]);
});

test("a long text is cut", () => {
  expect(visibleText("x".repeat(1_000_000), 5)).toBe("xxxxx…");
});
