import { expect, test } from "vitest";
import { matchKeys } from "./match-keys.ts";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test("plain keys", () => {
  expect(matchKeys("j", press("j"), null)).toBe(true);
  expect(matchKeys("j", press("k"), null)).toBe(false);
  expect(matchKeys("j", press("J", { shiftKey: true }), null)).toBe(false);
  expect(matchKeys("j", press("j", { ctrlKey: true }), null)).toBe(false);
  expect(matchKeys("j", press("j", { altKey: true }), null)).toBe(false);
});

test("a character that needs shift to be typed matches with it", () => {
  expect(matchKeys("?", press("?", { shiftKey: true }), null)).toBe(true);
});

test("chords", () => {
  expect(matchKeys("mod+k", press("k", { ctrlKey: true }), null)).toBe(true);
  expect(matchKeys("mod+k", press("K", { metaKey: true }), null)).toBe(true);
  expect(matchKeys("mod+k", press("k"), null)).toBe(false);
  expect(matchKeys("shift+x", press("X", { shiftKey: true }), null)).toBe(true);
  expect(matchKeys("shift+x", press("x"), null)).toBe(false);
  expect(matchKeys("Enter", press("Enter", { shiftKey: true }), null)).toBe(false);
});

test("two keys in turn need the first one before", () => {
  expect(matchKeys("g d", press("d"), "g")).toBe(true);
  expect(matchKeys("g d", press("d"), null)).toBe(false);
  expect(matchKeys("g d", press("d"), "x")).toBe(false);
  expect(matchKeys("d", press("d"), "g")).toBe(true);
});
