import { expect, test } from "vitest";
import { text } from "../message/header.ts";
import { filled, fillerOf, pointed, TemplateError } from "./template.ts";

const bytes = (body: string): Uint8Array => new TextEncoder().encode(body);
const filler = fillerOf(bytes('\uFEFF{"id":12345678901234567890,"name":"a\\"b\\u00e9","none":null,"list":[1.0 ,2]}'), [
  text("x-tenant", "acme"),
  { name: "n", value: { t: "int64", v: "9223372036854775807" } },
]);
const same = (value: string): string => value;

test("pointers and headers are filled in, digits exact", () => {
  expect(filled("/o/{/id}/{header:X-Tenant}/{header:n}", filler, same)).toBe("/o/12345678901234567890/acme/9223372036854775807");
  expect(filled("{/name}|{/list}", filler, same)).toBe('a"bé|[1.0 ,2]');
  expect(pointed(filler, "/name", false)).toBe('"a\\"b\\u00e9"');
  expect(pointed(filler, "/none", false)).toBe("null");
});

test("other braces are themselves, and a value is not a template", () => {
  expect(filled("{} {id} {{/id}}", filler, same)).toBe("{} {id} {12345678901234567890}");
  const sly = fillerOf(bytes('{"a":"{/b} $& $1","b":"secret"}'), []);
  expect(filled("x{/a}", sly, same)).toBe("x{/b} $& $1");
});

test("what is missing, null or no JSON is told by its place, without the message's content", () => {
  expect(() => filled("{/gone}", filler, same)).toThrow(new TemplateError("the body has no JSON value at /gone"));
  expect(() => filled("{/none}", filler, same)).toThrow(new TemplateError("the body's value at /none is null"));
  expect(() => filled("{header:gone}", filler, same)).toThrow(new TemplateError("the message has no header gone"));
  for (const body of [Uint8Array.of(0xff), bytes("{secret"), bytes("")]) expect(() => pointed(fillerOf(body, []), "/a")).toThrow(new TemplateError("the body has no JSON value at /a"));
});
