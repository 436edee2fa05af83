import { expect, test } from "vitest";
import { detailFields, detailLine } from "./entry.ts";

test("fields keep their order; what is no text is shown as JSON", () => {
  expect(detailLine('{"from":"viewer","to":"admin","n":3,"list":[1,"a"]}')).toBe('from: viewer · to: admin · n: 3 · list: [1,"a"]');
  expect(detailLine("{}")).toBe("");
});

test("hostile keys are only text", () => {
  const before = Object.keys(Object.prototype);
  expect(detailFields('{"constructor":"x","a":1}').map(({ name }) => name)).toContain("a");
  expect(detailLine('{"__proto__":{"polluted":true}}')).not.toContain("[object");
  expect(Object.keys(Object.prototype)).toEqual(before);
});

test("what is not an object stands by itself", () => {
  expect(detailFields("not json")).toEqual([{ name: "", value: "not json" }]);
  expect(detailFields("[1]")).toEqual([{ name: "", value: "[1]" }]);
});
