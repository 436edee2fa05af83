import { expect, test } from "vitest";
import { isNarrowed, queueFilterFrom } from "./queue-filter.ts";

const from = (text: string) => queueFilterFrom(new URLSearchParams(text));
const id = "01234567-89ab-cdef-0123-456789abcdef";

test("an address gives a filter, and what it can not mean is left out", () => {
  expect(from("")).toEqual({ sort: "depth" });
  expect(from(`connection=${id}&dlq=1&q=+orders+&sort=name`)).toEqual({ connection: id, deadLetter: true, q: "orders", sort: "name" });
  expect(from("connection=x&dlq=yes&q=+&sort=up")).toEqual({ sort: "depth" });
});

test("sorting does not narrow", () => {
  expect(isNarrowed(from("sort=name"))).toBe(false);
  expect(isNarrowed(from("dlq=1"))).toBe(true);
});
