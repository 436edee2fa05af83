import { expect, test } from "vitest";
import { fromLocal, toLocal } from "./local-moment.ts";

test.each([
  ["2026-08-03T14:05", "UTC", "2026-08-03T14:05:00.000Z"],
  ["2026-08-03T14:05", "Asia/Shanghai", "2026-08-03T06:05:00.000Z"],
  ["2026-08-03T00:30", "America/New_York", "2026-08-03T04:30:00.000Z"],
  ["2026-03-29T01:59", "Europe/Berlin", "2026-03-29T00:59:00.000Z"],
  ["2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00:00.000Z"],
  ["2026-01-01T00:00", "Asia/Kolkata", "2025-12-31T18:30:00.000Z"],
])("%s in %s is %s, and back", (local, zone, iso) => {
  expect(fromLocal(local, zone)).toBe(iso);
  expect(toLocal(iso, zone)).toBe(local);
});

test("what is no date is none", () => {
  expect(fromLocal("", "UTC")).toBeNull();
  expect(fromLocal("2026-13-45T99:99", "UTC")).toBeNull();
  expect(toLocal("yesterday", "UTC")).toBe("");
});
