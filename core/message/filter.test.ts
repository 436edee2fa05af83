import fc from "fast-check";
import { expect, test } from "vitest";
import { filterToSearch, messageFilter, searchToFilter, SINCE, sinceMs, type MessageFilter } from "./filter.ts";
import { DEATH_REASONS } from "./normal-form.ts";
import { MESSAGE_STATES } from "./state.ts";

const moment = fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }).map((date) => date.toISOString());
const uuid = fc.uuid({ version: 4 });
const anyFilter = fc.record(
  {
    connection: uuid,
    source: uuid,
    group: uuid,
    state: fc.uniqueArray(fc.constantFrom(...MESSAGE_STATES), { minLength: 1 }),
    reason: fc.uniqueArray(fc.constantFrom(...DEATH_REASONS), { minLength: 1 }),
    error: fc.string({ minLength: 1, maxLength: 300 }),
    q: fc.string({ minLength: 1, maxLength: 200 }).map((text) => text.trim()).filter((text) => text !== ""),
    since: fc.constantFrom(...SINCE),
    from: moment,
    to: moment,
  },
  { requiredKeys: [] },
);

test("a filter survives the address bar", () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const back = searchToFilter(new URLSearchParams(filterToSearch(filter as MessageFilter).toString()));
      expect(back).toEqual(filter);
    }),
  );
});

test("whatever an address says, the filter it gives is valid", () => {
  const field = fc.constantFrom(...Object.keys(messageFilter.shape), "x", "__proto__");
  fc.assert(
    fc.property(fc.array(fc.tuple(field, fc.string())), (pairs) => {
      expect(messageFilter.safeParse(searchToFilter(new URLSearchParams(pairs))).success).toBe(true);
    }),
  );
});

test("text that Postgres refuses never gets that far", () => {
  for (const text of ["a\0b", "\ud800"]) expect(messageFilter.safeParse({ q: text }).success).toBe(false);
});

test("since has a length", () => {
  expect(SINCE.map(sinceMs)).toEqual([900_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000, 2_592_000_000]);
});
