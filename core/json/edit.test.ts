import fc from "fast-check";
import { expect, test } from "vitest";
import { edited, removals } from "./edit.ts";
import { integerOf, itemsOf, memberOf, membersOf, rootOf, stringOf, type Span } from "./read.ts";

const root = (text: string): Span => rootOf(text) ?? expect.fail(`not JSON: ${text}`);

const without = (text: string, keys: readonly string[]): string => {
  const members = membersOf(text, root(text));
  const gone = members.flatMap((member, index) => (keys.includes(member.key) ? [index] : []));
  return edited(text, removals(members, gone));
};

test("a member leaves with its comma, and the rest keeps its characters", () => {
  const text = '{ "a": 1,"b" :2.0,\n "c":{"a":3} , "a":4 }';
  expect(without(text, ["a"])).toBe('{ "b" :2.0,\n "c":{"a":3} }');
  expect(without(text, ["b"])).toBe('{ "a": 1,\n "c":{"a":3} , "a":4 }');
  expect(without(text, ["c"])).toBe('{ "a": 1,"b" :2.0 , "a":4 }');
  expect(without(text, ["a", "b", "c"])).toBe("{  }");
  expect(without(text, ["z"])).toBe(text);
});

test("removing members is what it would be on the value", () => {
  const object = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "__proto__", "é"), fc.jsonValue());
  fc.assert(
    fc.property(
      object,
      fc.subarray(["a", "b", "c", "d", "__proto__"]),
      fc.constantFrom(0, 1, "\t"),
      (value, keys, indent) => {
        const left = Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
        const text = without(JSON.stringify(value, null, indent), keys);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(left)));
      },
    ),
  );
});

test("values are found by their decoded key, the last of a repeated one", () => {
  const text = '{"a":1,"\\u0061":"two","n":12345678901234567890,"list":[ 1 , "x",[]],"b":{"a":9}}';
  const object = root(text);
  expect(stringOf(text, memberOf(text, object, "a"))).toBe("two");
  expect(memberOf(text, object, "__proto__")).toBeNull();
  expect(integerOf(text, memberOf(text, object, "n"))).toBeNull();
  const list = memberOf(text, object, "list") ?? expect.fail("no list");
  expect(itemsOf(text, list).map(({ start, end }) => text.slice(start, end))).toEqual(["1", '"x"', "[]"]);
  expect(integerOf(text, itemsOf(text, list)[0] ?? null)).toBe(1);
  expect(itemsOf(text, object)).toEqual([]);
  expect(membersOf(text, list)).toEqual([]);
});

test("what is no JSON has no root", () => {
  for (const text of ["", "{", "{} {}", "\uFEFF{}", "undefined"]) expect(rootOf(text)).toBeNull();
});
