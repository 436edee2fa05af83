import fc from "fast-check";
import { expect, test } from "vitest";
import { classify, classifyRule, type ClassifyRule } from "./classify.ts";
import { DELIVERY_ERROR_CODES, type DeliveryError } from "./outcome.ts";

const error = (given: Partial<DeliveryError>): DeliveryError => ({ code: "http_status", status: null, type: null, message: "", stack: null, retryAfterMs: null, ...given });
const plain = { finds: (pattern: string, text: string) => text.includes(pattern), answerText: "" };
const verdict = (given: Partial<DeliveryError>, rules: readonly ClassifyRule[] = []) => classify(error(given), rules, plain);

test.each([
  [503, true], [502, true], [504, true], [500, true], [408, true], [425, true], [429, true], [529, true],
  [400, false], [401, false], [403, false], [404, false], [405, false], [409, false], [410, false], [413, false], [415, false], [422, false], [501, false], [505, false],
])("status %i: worth another try is %s", (status, retryable) => {
  expect(verdict({ status })).toEqual({ retryable, decidedBy: `status ${status}` });
}); // prettier-ignore

test.each([
  ["timeout", true], ["connection_refused", true], ["connection_reset", true], ["dns", true], ["protocol", true], ["worker_vanished", true], ["configuration", true], ["module_retry", true],
  ["redirect", false], ["tls", false], ["address_refused", false], ["template", false], ["module_dead_letter", false], ["module_missing", false], ["too_large", false],
] as const)("code %s: worth another try is %s", (code, retryable) => {
  expect(verdict({ code })).toEqual({ retryable, decidedBy: `code ${code}` });
}); // prettier-ignore

test("a broker's fault and a thrown error are judged by their own name; what nobody has judged is tried again", () => {
  expect(verdict({ code: "fault", type: "unreachable" })).toEqual({ retryable: true, decidedBy: "fault unreachable" });
  expect(verdict({ code: "fault", type: "unroutable" })).toEqual({ retryable: false, decidedBy: "fault unroutable" });
  expect(verdict({ code: "module_threw", type: "40P01" })).toEqual({ retryable: true, decidedBy: "type 40P01" });
  expect(verdict({ code: "module_threw", type: "TypeError" })).toEqual({ retryable: false, decidedBy: "type TypeError" });
  expect(verdict({ code: "module_threw", type: "CardDeclinedError" })).toEqual({ retryable: true, decidedBy: "default" });
});

test("a route's rules are asked first, in their order, and every part of a rule must fit", () => {
  const rules = [
    classifyRule.parse({ status: "4xx", pattern: "try later", verdict: "retry" }),
    classifyRule.parse({ status: "503", verdict: "dead" }),
    classifyRule.parse({ type: "CardDeclinedError", verdict: "dead" }),
    classifyRule.parse({ code: "timeout", verdict: "dead" }),
  ];
  expect(verdict({ status: 409, message: "please try later" }, rules)).toEqual({ retryable: true, decidedBy: "rule 1" });
  expect(verdict({ status: 409, message: "no" }, rules)).toEqual({ retryable: false, decidedBy: "status 409" });
  expect(classify(error({ status: 409 }), rules, { ...plain, answerText: "try later" }).decidedBy).toBe("rule 1");
  expect(verdict({ status: 503 }, rules)).toEqual({ retryable: false, decidedBy: "rule 2" });
  expect(verdict({ code: "module_threw", type: "CardDeclinedError" }, rules)).toEqual({ retryable: false, decidedBy: "rule 3" });
  expect(verdict({ code: "timeout" }, rules)).toEqual({ retryable: false, decidedBy: "rule 4" });
});

test("a rule that names nothing is refused: it would decide everything", () => {
  expect(classifyRule.safeParse({ verdict: "dead" }).success).toBe(false);
});

test("whatever the error, there is a verdict, the same each time, and it says what decided", () => {
  const errors = fc.record({
    code: fc.constantFrom(...DELIVERY_ERROR_CODES),
    status: fc.option(fc.integer({ min: 100, max: 999 })),
    type: fc.option(fc.string()),
    message: fc.string(),
    stack: fc.constant(null),
    retryAfterMs: fc.option(fc.nat()),
  });
  fc.assert(
    fc.property(errors, (each) => {
      const first = classify(each, [], plain);
      expect(classify(each, [], plain)).toEqual(first);
      expect(first.decidedBy).not.toBe("");
    }),
  );
});
