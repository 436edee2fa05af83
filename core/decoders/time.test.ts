import fc from "fast-check";
import { expect, test } from "vitest";
import { isoOfMs, isoOfSeconds, isoOfText } from "./time.ts";

test.each([
  ["2026-03-14T09:26:53.1234567Z", "2026-03-14T09:26:53.123Z"],
  ["2026-03-14 09:26:53:123456 Z", "2026-03-14T09:26:53.123Z"],
  ["2026-03-14T09:26:53+00:00", "2026-03-14T09:26:53.000Z"],
  ["2026-03-14T00:26:53.5-05:30", "2026-03-14T05:56:53.500Z"],
  ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"],
])("%s is read", (text, iso) => {
  expect(isoOfText(text)).toBe(iso);
});

test.each([
  null,
  "",
  "yesterday",
  "2026-03-14 09:26:53",
  "2026-02-29T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-03-14T24:00:00Z",
  "2026-03-14T09:60:00Z",
  "2026-03-14T09:26:60Z",
  "0050-03-14T09:26:53Z",
  `2026-03-14T09:26:53.${"0".repeat(100)}Z`,
])("%s is no time we know", (text) => {
  expect(isoOfText(text)).toBeNull();
});

test("every ISO time of four-digit years comes back as it is", () => {
  const date = fc.date({
    min: new Date("0100-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(date, (moment) => {
      expect(isoOfText(moment.toISOString())).toBe(moment.toISOString());
    }),
  );
});

test("numbers beyond the years people write are no times", () => {
  expect(isoOfSeconds("1773480413")).toBe("2026-03-14T09:26:53.000Z");
  expect(isoOfSeconds("1773480413000")).toBeNull();
  expect(isoOfSeconds("18446744073709551615")).toBeNull();
  expect(isoOfSeconds("-1")).toBeNull();
  expect(isoOfSeconds(undefined)).toBeNull();
  expect(isoOfMs(1_773_480_413_123)).toBe("2026-03-14T09:26:53.123Z");
  expect(isoOfMs(Number.MAX_SAFE_INTEGER)).toBeNull();
  expect(isoOfMs(null)).toBeNull();
});
