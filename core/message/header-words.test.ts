import { expect, test } from "vitest";
import { headerNamed, headerWords } from "./header-words.ts";
import { text, type TypedValue } from "./header.ts";

const words: readonly (readonly [TypedValue, string])[] = [
  [{ t: "text", v: "naïve" }, "naïve"],
  [{ t: "int64", v: "-9223372036854775808" }, "-9223372036854775808"],
  [{ t: "timestamp", v: "18446744073709551615" }, "18446744073709551615"],
  [{ t: "bool", v: false }, "false"],
  [{ t: "void" }, ""],
  [{ t: "float64", v: "3ff8000000000000" }, "1.5"],
  [{ t: "decimal", scale: 2, v: "1999" }, "1999e-2"],
  [{ t: "bytes", v: "aGk=" }, "hi"],
  [{ t: "bytes", v: "/w==" }, "/w=="],
];

test("every type has its words", () => {
  for (const [value, expected] of words) expect(headerWords(value)).toBe(expected);
});

test("a table is JSON with exact digits, its order and its repeats", () => {
  const table: TypedValue = {
    t: "table",
    v: [text("queue", 'a"b'), { name: "count", value: { t: "int64", v: "9007199254740993" } }, { name: "count", value: { t: "array", v: [{ t: "void" }, { t: "bytes", v: "/w==" }] } }],
  };
  expect(headerWords(table)).toBe('{"queue":"a\\"b","count":9007199254740993,"count":[null,"/w=="]}');
});

test("the exact case comes before any other", () => {
  const headers = [text("X-Tenant", "1"), text("x-tenant", "2"), text("__proto__", "3")];
  expect(headerNamed(headers, "x-tenant")).toEqual({ t: "text", v: "2" });
  expect(headerNamed(headers, "X-TENANT")).toEqual({ t: "text", v: "1" });
  expect(headerNamed(headers, "__proto__")).toEqual({ t: "text", v: "3" });
  expect(headerNamed(headers, "constructor")).toBeNull();
});
