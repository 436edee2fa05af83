import fc from "fast-check";
import { expect, test } from "vitest";
import { isJson, scanJson } from "./scan.ts";

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
/** Texts near JSON: its own characters in any order, and JSON with a piece cut out. */
const nearJson = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'{}[]:,"\\0123456789.eE+-truefalsn \n\t\u0000ud8'), maxLength: 24 }),
  fc.tuple(fc.json(), fc.nat(), fc.nat(3)).map(([json, at, length]) => {
    const start = at % (json.length + 1);
    return json.slice(0, start) + json.slice(start + length);
  }),
  fc.json(),
);

test("the verdict is JSON.parse's", () => {
  fc.assert(
    fc.property(nearJson, (text) => {
      expect(isJson(text)).toBe(parses(text));
    }),
    { numRuns: 5_000 },
  );
});

test("every beginning of a JSON text is cut, not invalid", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (json, at) => {
      const start = json.slice(0, at % (json.length + 1));
      expect(scanJson(start)).toBe(parses(start) ? "valid" : "cut");
    }),
    { numRuns: 2_000 },
  );
});

test("tokens cover the text but for white space", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 2);
      const tokens: string[] = [];
      scanJson(text, ({ start, end }) => tokens.push(text.slice(start, end)));
      expect(tokens.join("")).toBe(JSON.stringify(value));
    }),
  );
});

test("depth and length cost no stack", () => {
  const depth = 1_000_000;
  expect(isJson("[".repeat(depth) + "]".repeat(depth))).toBe(true);
  expect(scanJson("[".repeat(depth))).toBe("cut");
  expect(isJson(`"${"\\\\".repeat(depth)}"`)).toBe(true);
  expect(isJson("9".repeat(depth))).toBe(true);
  expect(isJson(`${"9".repeat(depth)}x`)).toBe(false);
});
