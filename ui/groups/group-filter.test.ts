import { expect, test } from "vitest";
import { groupFilterFrom } from "./group-filter.ts";

const from = (text: string) => groupFilterFrom(new URLSearchParams(text));
const id = "01234567-89ab-cdef-0123-456789abcdef";

test("an address gives a filter, and what it can not mean is left out", () => {
  expect(from("")).toEqual({ sort: "last_seen", span: "24h" });
  expect(from(`source=${id}&q=+Card+&show=all&sort=open&span=1h`)).toEqual({ source: id, q: "Card", settled: true, sort: "open", span: "1h" });
  expect(from("source=1&q=&show=none&sort=x&span=9h")).toEqual({ sort: "last_seen", span: "24h" });
});
