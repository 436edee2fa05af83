import fc from "fast-check";
import { expect, test } from "vitest";
import { describe as view } from "./payload.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const of = (text: string, type: string | null = null, maxBytes = 1_000_000) => view(bytes(text), type, { maxBytes });

test.each([
  ["", null, "empty"],
  ['{"a":1}', null, "json"],
  [' [1, "x"]\n', "application/octet-stream", "json"],
  ["\uFEFF{}", null, "json"],
  ["12345678901234567890", null, "text"],
  ["12345678901234567890", "application/json; charset=utf-8", "json"],
  ["null", "application/vnd.shop+json", "json"],
  ["{not json}", "application/json", "text"],
  ["plain\ttext\r\n\u001b[31m", null, "text"],
  ["a\u0000b", null, "binary"],
  ["a\u0000b", "text/plain", "text"],
  ["\u0008\u0001\u0012\u0003abc", "application/x-protobuf", "binary"],
])("%j as %s is %s", (text, type, kind) => {
  expect(of(text, type)).toMatchObject({ kind, text, truncated: false, size: bytes(text).length });
});

test.each([
  ["invalid UTF-8", [0xc3, 0x28]],
  ["half a surrogate pair in CESU", [0xed, 0xa0, 0x80]],
  ["an overlong NUL", [0xc0, 0x80]],
  ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ["UTF-16", [0xff, 0xfe, 0x61, 0x00]],
])("%s is binary, without text", (_, codes) => {
  expect(view(Uint8Array.from(codes), "text/plain", { maxBytes: 100 })).toEqual({
    size: codes.length,
    truncated: false,
    kind: "binary",
    text: null,
    pretty: null,
  });
});

test("the layout keeps big numbers, order, repeated keys, __proto__ and lone surrogate escapes", () => {
  expect(of('{"__proto__":{"a":1},"n":12345678901234567890,"a":1.10,"a":"\\ud800"}').pretty).toBe(
    '{\n  "__proto__": {\n    "a": 1\n  },\n  "n": 12345678901234567890,\n  "a": 1.10,\n  "a": "\\ud800"\n}',
  );
});

test("a cut body is cut at a whole character, and is still JSON as far as it goes", () => {
  const text = '{"é":"€𝄞"}';
  for (let maxBytes = 1; maxBytes < bytes(text).length; maxBytes++) {
    const made = of(text, null, maxBytes);
    expect(made).toMatchObject({ truncated: true, kind: "json", pretty: null, size: bytes(text).length });
    expect(text.startsWith(made.text ?? "no text")).toBe(true);
    expect(bytes(made.text ?? "").length).toBeGreaterThan(maxBytes - 4);
  }
});

test("any bytes have a view, and its text is theirs", () => {
  const bodies = fc.oneof(fc.uint8Array(), fc.string({ unit: "binary" }).map(bytes), fc.json().map(bytes));
  const types = fc.option(fc.oneof(fc.string(), fc.constantFrom("application/json", "text/plain")), { nil: null });
  fc.assert(
    fc.property(bodies, types, fc.nat(40), (body, type, maxBytes) => {
      const made = view(body, type, { maxBytes });
      expect(made.size).toBe(body.length);
      const shown = made.text === null ? null : bytes(made.text);
      if (shown !== null) expect(shown).toEqual(body.slice(0, shown.length));
      expect(made.truncated).toBe(made.text === null ? body.length > maxBytes : (shown?.length ?? 0) < body.length);
    }),
    { numRuns: 2_000 },
  );
});

test("depth, breadth and length are no trouble", () => {
  const deep = `${"[".repeat(100_000)}12345678901234567890${"]".repeat(100_000)}`;
  const made = of(deep);
  expect(made).toMatchObject({ kind: "json", text: deep });
  expect(made.pretty?.replace(/\s/g, "")).toBe(deep);
  expect(of(`{"a":${"[".repeat(40)}${"0,".repeat(300_000)}0${"]".repeat(40)}}`, null, 10_000_000).kind).toBe("json");
  expect(of("x".repeat(1_000_000), null, 100)).toMatchObject({ truncated: true, kind: "text", text: "x".repeat(100) });
});
