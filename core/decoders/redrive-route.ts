import { baseForm } from "./base-form.ts";
import type { Decoder } from "./decoder.ts";
import { resendPlan } from "./resend-plan.ts";
import { unknown } from "./unknown.ts";

/**
 * A route of Redrive's own gave the message up. Nothing in the message says so: the route tells it when it stores the death.
 * It goes back through its route; what names another place for it gets the message without what its broker would act on.
 */
export const redriveRoute: Decoder = {
  rule: "redrive-route",
  title: "Route of Redrive",
  transports: unknown.transports,
  matches: () => false,
  decode: baseForm,
  plan: (captured) => resendPlan(captured, { failedQueue: null, origin: null }),
};
