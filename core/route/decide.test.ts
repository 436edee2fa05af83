import fc from "fast-check";
import { expect, test } from "vitest";
import { routeDefinition, type RouteDefinitionInput } from "./definition.ts";
import { decide } from "./decide.ts";
import type { DeliveryOutcome } from "./outcome.ts";
import { DELIVERY_ARROWS, deliverySourcesOf, UNFINISHED, type DeliveryState } from "./state.ts";

const definition = (given: Partial<RouteDefinitionInput> = {}) => routeDefinition.parse({ destination: { kind: "http", url: "https://shop.example/orders" }, ...given });
const failed = (status: "refused" | "unknown", http: number | null): DeliveryOutcome => ({
  status,
  answer: null,
  error: { code: http === null ? "timeout" : "http_status", status: http, type: null, message: "", stack: null, retryAfterMs: null },
});
const confirmed: DeliveryOutcome = { status: "confirmed", answer: null };
const search = { finds: () => false };
const tried = { tried: 1, lastDelayMs: 0, ageMs: 0, random: 0 };

test("what is not worth another try is dead at once; what is, until its tries or its time are used up", () => {
  expect(decide(definition(), failed("refused", 422), tried, search)).toEqual({ to: "dead", cause: "not_retryable", decidedBy: "status 422" });
  expect(decide(definition(), failed("refused", 503), tried, search)).toMatchObject({ to: "retrying", decidedBy: "status 503" });
  expect(decide(definition({ retry: { maxAttempts: 3 } }), failed("refused", 503), { ...tried, tried: 3 }, search)).toEqual({ to: "dead", cause: "exhausted", decidedBy: "status 503" });
  const young = definition({ retry: { maxAgeSeconds: 60, baseMs: 10_000, jitter: "none" } });
  expect(decide(young, failed("refused", 503), { ...tried, ageMs: 49_000 }, search)).toMatchObject({ to: "retrying" });
  expect(decide(young, failed("refused", 503), { ...tried, ageMs: 51_000 }, search)).toEqual({ to: "dead", cause: "expired", decidedBy: "status 503" });
});

test("a try without a verdict is tried again, or left to a person, as the route says", () => {
  expect(decide(definition(), failed("unknown", null), tried, search)).toMatchObject({ to: "retrying", decidedBy: "code timeout" });
  expect(decide(definition({ whenUnknown: "dead" }), failed("unknown", null), tried, search)).toMatchObject({ to: "dead", cause: "unknown_outcome" });
  expect(decide(definition({ whenUnknown: "dead" }), failed("refused", null), tried, search)).toMatchObject({ to: "retrying" });
});

// The machine against a model: whatever happens to a delivery, it goes only along drawn arrows, is tried no more often than its
// route allows, and comes to an end.
test("every way of a delivery follows the drawn arrows and ends", () => {
  const happenings = fc.array(fc.constantFrom("confirmed", "503", "422", "unknown", "vanished", "deferred", "given_up"), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(happenings, fc.integer({ min: 1, max: 6 }), fc.constantFrom("retry" as const, "dead" as const), (events, maxAttempts, whenUnknown) => {
      const route = definition({ retry: { maxAttempts }, whenUnknown });
      const walk: DeliveryState[] = ["pending"];
      const go = (to: DeliveryState, by: "worker" | "operator" = "worker"): void => {
        expect(deliverySourcesOf(by, to), `${walk.at(-1)} -> ${to} by ${by}`).toContain(walk.at(-1));
        walk.push(to);
      };
      let tries = 0;
      for (const event of events) {
        if (walk.at(-1) === "succeeded" || walk.at(-1) === "dead") break;
        if (event === "given_up") {
          go("dead", "operator");
          continue;
        }
        go("delivering");
        if (event === "deferred") {
          go("pending");
          continue;
        }
        // a claim beyond the allowed tries is no try: a vanished worker counts as one
        if (tries >= maxAttempts) {
          go("dead");
          continue;
        }
        tries += 1;
        if (event === "vanished") {
          go("retrying");
          continue;
        }
        const outcome = event === "confirmed" ? confirmed : failed(event === "unknown" ? "unknown" : "refused", event === "unknown" ? null : Number(event));
        go(decide(route, outcome, { ...tried, tried: tries }, search).to);
      }
      expect(tries).toBeLessThanOrEqual(maxAttempts);
      const ended = walk.at(-1) === "succeeded" || walk.at(-1) === "dead";
      if (events.filter((event) => event !== "deferred").length > maxAttempts) expect(ended).toBe(true);
    }),
  );
});

test("an end is left by nobody, and everything else can be", () => {
  const left = new Set(DELIVERY_ARROWS.map(([from]) => from));
  expect([...left].toSorted()).toEqual([...UNFINISHED].toSorted());
});
