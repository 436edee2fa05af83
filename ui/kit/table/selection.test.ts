import { expect, test } from "vitest";
import { NOTHING_SELECTED, rangeTo, toggleAll, toggleRow } from "./selection.ts";

const order = ["a", "b", "c", "d", "e"];
const keysOf = (selection: { keys: ReadonlySet<string> }) => [...selection.keys].toSorted();

test("a click toggles one row", () => {
  const one = toggleRow(NOTHING_SELECTED, "b");
  expect(keysOf(one)).toEqual(["b"]);
  expect(keysOf(toggleRow(one, "b"))).toEqual([]);
});

test("shift-click ranges from the anchor in either direction", () => {
  const anchored = toggleRow(NOTHING_SELECTED, "c");
  expect(keysOf(rangeTo(anchored, "e", order))).toEqual(["c", "d", "e"]);
  expect(keysOf(rangeTo(anchored, "a", order))).toEqual(["a", "b", "c"]);
});

test("a range from a row that was just unselected unselects", () => {
  const all = toggleAll(NOTHING_SELECTED, order);
  const without = toggleRow(all, "b");
  expect(keysOf(rangeTo(without, "d", order))).toEqual(["a", "e"]);
});

test("an anchor that left the page makes the range a toggle", () => {
  const gone = { keys: new Set(["z"]), anchor: "z" };
  expect(keysOf(rangeTo(gone, "b", order))).toEqual(["b", "z"]);
});

test("selecting all keeps rows of other pages", () => {
  const other = toggleRow(NOTHING_SELECTED, "z");
  const all = toggleAll(other, order);
  expect(keysOf(all)).toEqual([...order, "z"]);
  expect(keysOf(toggleAll(all, order))).toEqual(["z"]);
});
