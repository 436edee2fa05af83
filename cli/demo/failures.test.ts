import { expect, test } from "vitest";
import { errorOf, isDown, judge } from "./failures.ts";
import { makeEmail, makeOrder, makePayment } from "./goods.ts";
import { bustle } from "./pace.ts";

const quiet = (): Date => {
  for (let ms = Date.parse("2026-01-01T00:00:00Z"); ; ms += 1_000) {
    const now = new Date(ms);
    if (["inventory", "payments", "smtp"].every((service) => !isDown(service, now))) return now;
  }
};
const share = (resent: boolean): number => {
  const now = quiet();
  const makers = [makeOrder, makePayment, makeEmail];
  const tries = 6_000;
  let failed = 0;
  for (let n = 0; n < tries; n++) {
    const data = makers[n % 3]!();
    const wrong = judge("none", { seed: "", resent: true, data: { ...data, card: undefined }, now }) !== null;
    if (!(resent && wrong) && judge("none", { seed: `job-${n}`, resent, data, now }) !== null) failed++;
  }
  return failed / tries;
};

test("some messages die, few of those sent again", () => {
  expect(share(false)).toBeGreaterThan(0.03);
  expect(share(false)).toBeLessThan(0.15);
  expect(share(true)).toBeLessThan(0.12);
});

test("a payment of nothing dies of its amount until it is edited, whatever its luck", () => {
  const data = { ...makePayment(), amount: 0 };
  for (let n = 0; n < 50; n++) expect(judge("payments", { seed: String(n), resent: true, data, now: quiet() })?.name).toBe("ValidationError");
  const lucky = Array.from({ length: 50 }, (_, n) => judge("payments", { seed: String(n), resent: true, data: { ...data, amount: 100 }, now: quiet() }));
  expect(lucky.filter((failed) => failed === null).length).toBeGreaterThan(35);
});

test("the verdict on one life of a message is always the same", () => {
  const work = { seed: "job-1", resent: false, data: makeOrder(), now: quiet() };
  expect(judge("inventory", work)).toEqual(judge("inventory", work));
});

test("while a service is down many fail with its 503, with a stack to read", () => {
  const now = [...Array(90).keys()].map((n) => new Date(n * 1_000)).find((at) => isDown("inventory", at))!;
  const failures = Array.from({ length: 200 }, (_, n) => judge("inventory", { seed: `s${n}`, resent: false, data: {}, now }));
  const down = failures.filter((failed) => failed?.name === "ServiceUnavailableError");
  expect(down.length).toBeGreaterThan(30);
  const error = errorOf(down[0]!);
  expect(error.stack).toMatch(/^ServiceUnavailableError: 503 at POST \/inventory\n {4}at post \(/);
  expect(error).toMatchObject({ status: 503 });
});

test("it is busier at times, and on the long run as busy as asked", () => {
  const seconds = Array.from({ length: 4_000 }, (_, n) => bustle(new Date(n * 1_000)));
  const mean = seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
  expect(mean).toBeGreaterThan(0.85);
  expect(mean).toBeLessThan(1.15);
  expect(Math.max(...seconds)).toBeGreaterThan(3);
});
