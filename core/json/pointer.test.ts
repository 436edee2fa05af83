import { expect, test } from "vitest";
import { spanAt } from "./pointer.ts";

const under = (text: string, pointer: string): string | null => {
  const span = spanAt(text, pointer);
  return span === null ? null : text.slice(span.start, span.end);
};

test("a value is found with every character it has", () => {
  const text = '{ "order": {"id": 12345678901234567890, "lines":[ {"sku":"a"} , [1.0, 2] ]}, "a/b":{"~x":true}, "":{"":null} }';
  expect(under(text, "")).toBe(text);
  expect(under(text, "/order/id")).toBe("12345678901234567890");
  expect(under(text, "/order/lines/1")).toBe("[1.0, 2]");
  expect(under(text, "/order/lines/1/0")).toBe("1.0");
  expect(under(text, "/order/lines/0/sku")).toBe('"a"');
  expect(under(text, "/a~1b/~0x")).toBe("true");
  expect(under(text, "/")).toBe('{"":null}');
  expect(under(text, "//")).toBe("null");
});

test("what is not there is null, whatever the pointer says", () => {
  const text = '{"list":[1],"text":"x","__proto__":7}';
  for (const pointer of ["/list/1", "/list/-", "/list/01", "/list/a", "/text/0", "/constructor", "/list/0/x", "/toString"]) expect(under(text, pointer), pointer).toBeNull();
  expect(under(text, "/__proto__")).toBe("7");
  expect(under("{", "")).toBeNull();
  expect(under("", "/a")).toBeNull();
});

test("of a repeated key the last counts", () => {
  expect(under('{"a":1,"a":{"b":2},"\\u0061":{"b":3}}', "/a/b")).toBe("3");
});
