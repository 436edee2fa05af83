import { z } from "zod";
import { deliveryErrorCode, type DeliveryError, type DeliveryErrorCode } from "./outcome.ts";

/** A route's own rule: all that it names must fit. `pattern` is RE2 syntax: linear time whatever the text. */
export const classifyRule = z
  .strictObject({
    /** A status, or a class of them: 429, 4xx. */
    status: z.string().regex(/^[1-5](?:\d\d|xx)$/, "a status such as 429, or 4xx").optional(),
    code: deliveryErrorCode.optional(),
    /** The error's own name, e.g. TimeoutError or ECONNRESET. */
    type: z.string().min(1).max(200).optional(),
    /** Searched in the message and the first bytes of the answer. */
    pattern: z.string().min(1).max(300).optional(),
    verdict: z.enum(["retry", "dead"]),
  })
  .refine((rule) => rule.status !== undefined || rule.code !== undefined || rule.type !== undefined || rule.pattern !== undefined, "a rule names a status, a code, a type or a pattern");
export type ClassifyRule = z.infer<typeof classifyRule>;

/** Statuses that pass: overload, timeouts, and what gateways say of a downstream. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 529, 598, 599]);

const CODES: { readonly [C in Exclude<DeliveryErrorCode, "http_status" | "fault" | "module_threw">]: boolean } = {
  redirect: false,
  timeout: true,
  connection_refused: true,
  connection_reset: true,
  dns: true,
  tls: false,
  address_refused: false,
  too_large: false,
  protocol: true,
  template: false,
  module_retry: true,
  module_dead_letter: false,
  module_missing: false,
  module_out_of_memory: false,
  worker_vanished: true,
  configuration: true, // it is mended by a person, not by the message
  internal: true,
};

/** Broker faults: core/fault.ts has the same judgement for resends. */
const RETRYABLE_FAULTS: ReadonlySet<string> = new Set(["unreachable", "timeout", "throttled", "blocked", "nacked", "internal"]);

/** What a module throws: names of transient trouble in the libraries people use (Node, pg, undici, ioredis, kafkajs, amqplib). */
const RETRYABLE_TYPES: ReadonlySet<string> = new Set([
  "AbortError", "TimeoutError", "ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "ETIMEDOUT", "EPIPE", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_SOCKET",
  "40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "08000", "08003", "08006", // Postgres: serialisation, deadlock, lock, shutdown, connections
  "ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT",
]); // prettier-ignore
const FATAL_TYPES: ReadonlySet<string> = new Set(["TypeError", "SyntaxError", "ReferenceError", "RangeError", "ZodError", "ValidationError", "AssertionError", "22P02", "23502", "23514"]);

export type Classified = {
  readonly retryable: boolean;
  /** What decided, for the screen: `rule 2`, `status 503`, `code timeout`, `type TypeError`, `default`. */
  readonly decidedBy: string;
};

/**
 * Whether a failed try is worth another, by the route's rules first, then by table. `finds(pattern, text)` is a linear-time
 * search; `answerText` the first bytes of the answer as text.
 */
export function classify(
  error: DeliveryError,
  rules: readonly ClassifyRule[],
  { finds, answerText }: { finds(pattern: string, text: string): boolean; answerText: string },
): Classified {
  const at = rules.findIndex((rule) => fits(rule, error, answerText, finds));
  const rule = rules[at];
  if (rule !== undefined) return { retryable: rule.verdict === "retry", decidedBy: `rule ${at + 1}` };
  return byTable(error);
}

function fits(rule: ClassifyRule, error: DeliveryError, answerText: string, finds: (pattern: string, text: string) => boolean): boolean {
  if (rule.status !== undefined && !statusFits(rule.status, error.status)) return false;
  if (rule.code !== undefined && rule.code !== error.code) return false;
  if (rule.type !== undefined && rule.type !== error.type) return false;
  return rule.pattern === undefined || finds(rule.pattern, error.message) || finds(rule.pattern, answerText);
}

const statusFits = (wanted: string, status: number | null): boolean =>
  status !== null && (wanted.endsWith("xx") ? Math.floor(status / 100) === Number(wanted[0]) : status === Number(wanted));

function byTable(error: DeliveryError): Classified {
  const { code, status, type } = error;
  if (code === "http_status") return { retryable: status !== null && RETRYABLE_STATUSES.has(status), decidedBy: `status ${status ?? "?"}` };
  if (code === "fault") return { retryable: RETRYABLE_FAULTS.has(type ?? ""), decidedBy: `fault ${type ?? "?"}` };
  if (code !== "module_threw") return { retryable: CODES[code], decidedBy: `code ${code}` };
  if (type !== null && RETRYABLE_TYPES.has(type)) return { retryable: true, decidedBy: `type ${type}` };
  if (type !== null && FATAL_TYPES.has(type)) return { retryable: false, decidedBy: `type ${type}` };
  // an error nobody has judged: another try costs little, a lost message much
  return { retryable: true, decidedBy: "default" };
}
