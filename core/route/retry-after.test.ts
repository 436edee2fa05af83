import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const now = Date.UTC(1994, 10, 6, 8, 49, 7);

test("seconds and the three forms of a date", () => {
  expect(retryAfterMs("120", now)).toBe(120_000);
  expect(retryAfterMs(" 0 ", now)).toBe(0);
  expect(retryAfterMs("Sun, 06 Nov 1994 08:49:37 GMT", now)).toBe(30_000);
  expect(retryAfterMs("Sunday, 06-Nov-94 08:49:37 GMT", now)).toBe(30_000);
  expect(retryAfterMs("Sun Nov  6 08:49:37 1994", now)).toBe(30_000);
  expect(retryAfterMs("Sun, 06 Nov 1994 08:49:00 GMT", now)).toBe(0);
});

test("what cannot be read asks for nothing", () => {
  for (const text of ["-5", "1.5", "soon", "", "-", "Sun, 99 Nov 1994 08:49:37 GMT", "9".repeat(40)]) expect(retryAfterMs(text, now), text).toBeNull();
  expect(retryAfterMs(null, now)).toBeNull();
});
