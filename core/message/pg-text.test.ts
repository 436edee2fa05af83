import fc from "fast-check";
import { expect, test } from "vitest";
import { pgSafe } from "./pg-text.ts";

test("what Postgres takes comes back as it is, cut by code points", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.nat(50), (text, max) => {
      const takes = text.replaceAll("\0", "");
      expect(pgSafe(takes, max)).toBe([...takes].slice(0, max).join(""));
    }),
  );
});

test("NUL and halves of surrogate pairs are replaced, one for one", () => {
  expect(pgSafe("a\0b\ud800c\udc00\ud83d\ude00", 10)).toBe("a\uFFFDb\uFFFDc\uFFFD\ud83d\ude00");
  expect(pgSafe("\ud83d\ude00\ud83d\ude00", 1)).toBe("\ud83d\ude00");
  expect(pgSafe("a\ud83d\ude00", 1)).toBe("a");
});

test("whatever code units, the result is well formed and within the limit", () => {
  const units = fc.array(fc.nat(0xffff), { maxLength: 60 }).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(units, fc.integer({ min: -1, max: 20 }), (text, max) => {
      const safe = pgSafe(text, max);
      expect(safe.isWellFormed() && !safe.includes("\0")).toBe(true);
      expect([...safe].length).toBe(Math.min(Math.max(max, 0), [...text].length));
    }),
  );
});
