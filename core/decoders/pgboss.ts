import { memberOf, rootOf, stringOf } from "../json/read.ts";
import type { DeathError, Target } from "../message/normal-form.ts";
import type { Native } from "../message/raw.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

type Job = Extract<Native, { transport: "pgboss" }>;

/** Whatever the worker rejected with: an error's fields, or a text under `value`. */
function errorOf(output: string | null): DeathError | null {
  const root = output === null ? null : rootOf(output);
  if (output === null || root === null) return null;
  const field = (name: string) => stringOf(output, memberOf(output, root, name));
  const message = stringOf(output, root) ?? field("message") ?? field("value");
  const error = { type: field("name"), message, stack: field("stack") };
  return error.type === null && message === null && error.stack === null ? null : error;
}

function targetOf({ native }: Captured): Target | null {
  const queue = native.transport === "pgboss" ? native.sourceName : null;
  return queue === null || queue === "" || queue === native.queue ? null : { kind: "pgboss", queue };
}

/** The row's own creation is the death, when it was copied from another queue. */
const deathOf = (job: Job) => ({
  origin: { kind: "pgboss" as const, queue: job.sourceName ?? "" },
  originalMessageId: job.sourceId,
  reason: "retries_exhausted" as const,
  attempts: Number.isSafeInteger(job.sourceRetryCount) ? (job.sourceRetryCount ?? 0) + 1 : null,
  lastFailedAt: isoOfText(job.createdOn),
  originalTimestamp: isoOfText(job.sourceCreatedOn),
  consumer: given({ queue: job.sourceName }),
});

/** A job in a pg-boss dead letter queue; source: pg-boss plans.ts. Older rows do not say where they came from. */
export const pgboss: Decoder = {
  rule: "pgboss",
  title: "pg-boss dead letter queue",
  transports: ["pgboss"],
  matches: ({ native }) => native.transport === "pgboss",
  decode(captured) {
    const { native } = captured;
    const base = baseForm(captured);
    if (native.transport !== "pgboss") return base;
    const error = errorOf(native.output);
    return native.sourceName === null || native.sourceName === ""
      ? { ...base, error }
      : { ...base, ...deathOf(native), error };
  },
  plan: (captured) => resendPlan(captured, { failedQueue: targetOf(captured), origin: targetOf(captured) }),
};
