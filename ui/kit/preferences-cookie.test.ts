import { expect, test } from "vitest";
import { preferencesFrom } from "./preferences-cookie.ts";

test("what was stored comes back, encoded or not", () => {
  const stored = { "rail.collapsed": true, "split.messages": 40, density: "comfortable" };
  expect(preferencesFrom(JSON.stringify(stored))).toEqual(stored);
  expect(preferencesFrom(encodeURIComponent(JSON.stringify(stored)))).toEqual(stored);
});

test("anything else is as if there were no cookie", () => {
  for (const cookie of [undefined, "", "{", "%", "[]", "null", '{"a":{}}', `{"a":"${"x".repeat(500)}"}`]) {
    expect(preferencesFrom(cookie)).toEqual({});
  }
});

test("a __proto__ key changes nothing but itself", () => {
  const read = preferencesFrom('{"__proto__":"x","a":1}');
  expect(read["a"]).toBe(1);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});
