import { expect, test } from "vitest";
import { filterPatch, messageHref, readAddress, toggledStates } from "./list-address.ts";

const read = (text: string) => readAddress(new URLSearchParams(text));

test("without states the list shows what waits for a person, and says it was not chosen", () => {
  expect(read("q=card")).toMatchObject({ chosen: { q: "card" }, filter: { q: "card", state: ["dead", "in_doubt"] }, order: "newest", after: null, id: null });
  expect(read("state=resolved").filter.state).toEqual(["resolved"]);
});

test("a pasted address with nonsense still opens the list", () => {
  expect(read("id=../../x&after=-4&order=up&state=alive&source=1")).toEqual({
    chosen: {},
    filter: { state: ["dead", "in_doubt"] },
    order: "newest",
    after: null,
    id: null,
  });
});

test("a patch says the whole filter and begins at the first page", () => {
  const patch = filterPatch({ q: "card", state: ["dead"] });
  expect(patch).toMatchObject({ q: "card", state: "dead", source: null, error: null, after: null });
});

test("states toggle in their own order, and fall back to the usual ones instead of none", () => {
  expect(toggledStates({}, "queued")).toEqual(["dead", "in_doubt", "queued"]);
  expect(toggledStates({}, "dead")).toEqual(["in_doubt"]);
  expect(toggledStates({ state: ["in_doubt"] }, "in_doubt")).toBeNull();
  expect(toggledStates({ state: ["in_doubt"] }, "dead")).toBeNull();
});

test("a message remembers the list it was opened from", () => {
  expect(messageHref("x", {})).toBe("/messages/x");
  expect(messageHref("x", { error: "A B" })).toBe("/messages/x?error=A+B");
});
