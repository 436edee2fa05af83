import fc from "fast-check";
import { expect, test } from "vitest";
import { prettyJson } from "./pretty.ts";

const NO_LIMIT = Number.POSITIVE_INFINITY;

test("it is JSON.stringify's layout, where that keeps everything", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 4, "\t"), (value, indent) => {
      expect(prettyJson(JSON.stringify(value, null, indent), NO_LIMIT)).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test("numbers, order, repeated keys and escapes keep their characters", () => {
  expect(prettyJson('{"b":12345678901234567890,"a":1.0,"b":1e400,"__proto__":"\\ud800\\u0000"}', NO_LIMIT)).toBe(
    '{\n  "b": 12345678901234567890,\n  "a": 1.0,\n  "b": 1e400,\n  "__proto__": "\\ud800\\u0000"\n}',
  );
});

test("deep levels stay on one line, so the size stays in proportion", () => {
  const depth = 100_000;
  const text = `${"[".repeat(depth)}1, 2${"]".repeat(depth)}`;
  const pretty = prettyJson(text, NO_LIMIT) ?? expect.fail("not JSON");
  expect(pretty.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  expect(pretty.length).toBeLessThan(text.length + 5_000);
  expect(pretty.split("\n")).toHaveLength(65);
});

test("more than the limit is refused, not cut", () => {
  const text = `[${"0,".repeat(1_000)}0]`;
  expect(prettyJson(text, 3_000)).toBeNull();
  expect(prettyJson(text, 6_000)).not.toBeNull();
  expect(prettyJson("[1", NO_LIMIT)).toBeNull();
});
