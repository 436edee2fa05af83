import fc from "fast-check";
import { expect, test } from "vitest";
import { filterToSearch, messageFilter, searchToFilter, SINCE, sinceMs, type MessageFilter } from "./filter.ts";
import { DEATH_REASONS } from "./normal-form.ts";
import { MESSAGE_STATES } from "./state.ts";

const ID = "7d1f3c1e-5f7a-4c1b-9a61-2d6a1a1f0c11";

/** In the order that addresses use. */
const some = <const T extends string>(known: readonly T[]): fc.Arbitrary<T[]> =>
  fc.subarray([...known], { minLength: 1 });
const words = (max: number) =>
  fc
    .string({ unit: "binary", minLength: 1, maxLength: max })
    .map((word) => word.replaceAll("\0", "-").slice(0, max).toWellFormed());
const moment = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
  .map((date) => date.toISOString());
const id = fc.uuid({ version: 4 });
const filters: fc.Arbitrary<MessageFilter> = fc.record(
  {
    connection: id,
    source: id,
    group: id,
    state: some(MESSAGE_STATES),
    reason: some(DEATH_REASONS),
    error: words(300),
    q: words(200)
      .map((word) => word.trim())
      .filter((word) => word !== ""),
    from: moment,
    to: moment,
    since: fc.constantFrom(...SINCE),
    sort: fc.constantFrom("captured_desc" as const, "captured_asc"),
  },
  { requiredKeys: [] },
);

test("a filter comes back from the address as it was", () => {
  fc.assert(
    fc.property(filters, (filter) => {
      expect(messageFilter.parse(filter)).toEqual(filter);
      expect(searchToFilter(new URLSearchParams(filterToSearch(filter).toString()))).toEqual(filter);
    }),
    { numRuns: 1_000 },
  );
});

test("any address is understood as far as it goes, and what was understood is stable", () => {
  const name = fc.oneof(fc.constantFrom(...Object.keys(messageFilter.shape), "__proto__"), fc.string());
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    moment,
    fc.uuid(),
    fc.constantFrom(...MESSAGE_STATES, "1h", ","),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      const filter = searchToFilter(new URLSearchParams(pairs));
      expect(messageFilter.parse(filter)).toEqual(filter);
      expect(searchToFilter(filterToSearch(filter))).toEqual(filter);
    }),
    { numRuns: 1_000 },
  );
});

test("the order of a list says nothing", () => {
  const search = (state: MessageFilter["state"] & object) => filterToSearch({ state }).toString();
  expect(search(["in_doubt", "dead", "dead"])).toBe(search(["dead", "in_doubt"]));
});

test("an address reads like one", () => {
  const filter: MessageFilter = { q: "card 42", state: ["dead", "in_doubt"], since: "24h", source: ID };
  expect(filterToSearch(filter).toString()).toBe(`source=${ID}&state=dead&state=in_doubt&q=card+42&since=24h`);
});

test.each([
  ["state=dead,in_doubt&reason=poison", { state: ["dead", "in_doubt"], reason: ["poison"] }],
  ["state=in_doubt&state=dead&state=dead&state=gone", { state: ["dead", "in_doubt"] }],
  [`source=orders.dlq&group=${ID}`, { group: ID }],
  ["q=+&error=&sort=random()&since=2h", {}],
  [`q=${"x".repeat(201)}&error=${"x".repeat(300)}`, { error: "x".repeat(300) }],
  ["q=a%00b&from=yesterday&to=2026-03-14T09:26:53.000Z", { to: "2026-03-14T09:26:53.000Z" }],
  ["since=1h&from=2026-03-14T09:26:53Z", { since: "1h", from: "2026-03-14T09:26:53Z" }],
  ["from=2026-02-30T00:00:00Z&page=3", {}],
])("bad values are dropped: %s", (search, filter) => {
  expect(searchToFilter(new URLSearchParams(search))).toEqual(filter);
});

test("a filter from a program is refused for what an address may have wrong", () => {
  expect(messageFilter.safeParse({ page: 1 }).success).toBe(false);
  expect(messageFilter.safeParse({ q: "a\0" }).success).toBe(false);
  expect(messageFilter.safeParse({ q: "\ud800" }).success).toBe(false);
  expect(messageFilter.safeParse({ state: ["gone"] }).success).toBe(false);
  expect(messageFilter.safeParse({ state: [] }).success).toBe(false);
});

test("a relative range has a length", () => {
  expect(SINCE.map(sinceMs)).toEqual([900_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000, 2_592_000_000]);
});
