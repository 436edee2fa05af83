import { draw } from "./chance.ts";
import type { Goods } from "./goods.ts";

/** What a consumer of the demo fails with; `retryable` as its author would judge. */
export type DemoFailure = {
  readonly name: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly frames: readonly string[];
  /** Further fields of the error, as real ones have. */
  readonly facts: { readonly [key: string]: string | number };
};

export type Case = {
  /** Stays the same over the retries of one life of a message. */
  readonly seed: string;
  /** Whether it was sent again after it had died: most then succeed, for what was down has recovered. */
  readonly resent: boolean;
  readonly data: Goods;
  readonly now: Date;
};

const failure = (
  name: string,
  message: string,
  retryable: boolean,
  frames: readonly string[],
  facts: DemoFailure["facts"] = {},
): DemoFailure => ({ name, message, retryable, frames, facts });

const RUNNER = ["runHandler (/srv/shop/node_modules/@shop/worker/dist/runner.js:112:21)", "process.processTicksAndRejections (node:internal/process/task_queues:105:5)"];

/** The stack of the failure as Node would print it. */
const stackOf = ({ name, message, frames }: DemoFailure): string =>
  [`${name}: ${message}`, ...[...frames, ...RUNNER].map((frame) => `    at ${frame}`)].join("\n");

/** The failure as an Error, with its stack and facts. */
export function errorOf(failed: DemoFailure): Error {
  const error = Object.assign(new Error(failed.message), failed.facts);
  error.name = failed.name;
  error.stack = stackOf(failed);
  return error;
}

/** Whether a service is down at the moment: about one part in six of the time, and each in its own. */
export function isDown(service: string, now: Date, periodMs = 90_000): boolean {
  const phase = (now.getTime() + draw(service) * periodMs) % periodMs;
  return phase < periodMs / 6;
}

/** Why this message cannot be processed now, or null. What is wrong with the message itself stays wrong. */
export function judge(service: string, work: Case): DemoFailure | null {
  return wrongInItself(work.data) ?? outage(service, work) ?? mishap(work);
}

function wrongInItself(data: Goods): DemoFailure | null {
  const { amount, template } = data;
  if (typeof amount === "number" && amount <= 0) {
    return failure("ValidationError", "amount must be > 0", false, ["parsePayment (/srv/shop/src/payments/schema.ts:41:11)", "handle (/srv/shop/src/payments/charge.ts:18:19)"], { path: "amount" });
  }
  if (template === "order-confirmed-v3") {
    return failure("TemplateNotFoundError", `no template named ${template}`, false, ["load (/srv/shop/src/emails/templates.ts:27:9)", "render (/srv/shop/src/emails/render.ts:12:26)"]);
  }
  const note = data["note"] ?? (data["variables"] as Goods | undefined)?.["note"];
  if (note === undefined) return null;
  if (typeof note === "object") return failure("RangeError", "Maximum call stack size exceeded", false, ["flatten (/srv/shop/src/orders/notes.ts:9:10)", "flatten (/srv/shop/src/orders/notes.ts:11:14)"]);
  if (String(note).includes("\ufffd")) return failure("TypeError", "Cannot read properties of undefined (reading 'normalize')", false, ["slugOf (/srv/shop/src/orders/notes.ts:34:22)", "handle (/srv/shop/src/orders/place.ts:57:16)"]);
  return failure("PayloadTooLargeError", "note is 61500 characters, at most 4000 are allowed", false, ["checkNote (/srv/shop/src/orders/notes.ts:20:11)"], { limit: 4000 });
}

function outage(service: string, { seed, resent, now }: Case): DemoFailure | null {
  if (!isDown(service, now) || draw(`${seed}/outage`) > (resent ? 0.1 : 0.35)) return null;
  return failure("ServiceUnavailableError", `503 at POST /${service}`, true, [`post (/srv/shop/src/clients/http.ts:73:13)`, `reserve (/srv/shop/src/clients/${service}.ts:31:20)`, "handle (/srv/shop/src/orders/place.ts:64:5)"], { status: 503 });
}

function mishap({ seed, resent, data }: Case): DemoFailure | null {
  const luck = draw(`${seed}/mishap`);
  if (luck > (resent ? 0.08 : 0.05)) return null;
  if ("card" in data) {
    const card = data["card"] as Goods;
    return failure("CardDeclinedError", luck > 0.02 ? "card declined" : "insufficient funds", false, ["charge (/srv/shop/src/payments/gateway.ts:88:13)", "handle (/srv/shop/src/payments/charge.ts:25:24)"], { brand: String(card["brand"]), code: "card_declined" });
  }
  if (luck > 0.02) return failure("TimeoutError", "no answer within 5000 ms", true, ["Timeout._onTimeout (/srv/shop/src/clients/http.ts:51:16)", "send (/srv/shop/src/clients/smtp.ts:44:9)"], { timeoutMs: 5000 });
  return failure("ConflictError", "could not serialize access due to concurrent update", true, ["query (/srv/shop/src/db/pool.ts:19:15)", "handle (/srv/shop/src/orders/place.ts:80:11)"], { code: "40001" });
}
