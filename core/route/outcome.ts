import { z } from "zod";

/**
 * What one try came to. `refused` is certain: the destination did not do it (or said so). `unknown`: the whole request may
 * have been sent and nobody answered. What follows from it is not decided here but by core/route/classify.ts.
 */
export type DeliveryOutcome =
  | { readonly status: "confirmed"; readonly answer: Answer | null }
  | { readonly status: "refused" | "unknown"; readonly error: DeliveryError; readonly answer: Answer | null };

/** What the destination said, bounded. */
export type Answer = {
  /** Of HTTP, else null. */
  readonly status: number | null;
  /** Response headers worth showing, or a broker's receipt. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The first bytes of the answer's body. */
  readonly body: Uint8Array;
  /** Whether there was more of it. */
  readonly cut: boolean;
};

export const DELIVERY_ERROR_CODES = [
  "http_status", // an answer that is not 2xx
  "redirect", // 3xx: never followed
  "timeout", // no answer in time
  "connection_refused",
  "connection_reset",
  "dns", // the name does not resolve
  "tls",
  "address_refused", // not a public address, and not allowed
  "too_large", // the answer had no end within the bounds
  "protocol", // not HTTP, or broken in the middle
  "template", // a pointer of the definition finds nothing in this message
  "module_threw",
  "module_retry", // the module asked for another try
  "module_dead_letter", // the module asked for none
  "module_missing", // no such file, or no default export
  "module_out_of_memory",
  "fault", // a broker's fault; its code is in `type`
  "worker_vanished",
  "configuration", // a secret that is not there, a connection that is gone
  "internal",
] as const;
export type DeliveryErrorCode = (typeof DELIVERY_ERROR_CODES)[number];

export const deliveryErrorCode = z.enum(DELIVERY_ERROR_CODES);

export type DeliveryError = {
  readonly code: DeliveryErrorCode;
  /** HTTP status, or null. */
  readonly status: number | null;
  /** The error's own name: a class of the module's, a fault code, a system code such as ECONNRESET; null when it has none. */
  readonly type: string | null;
  /** One line for people; never a secret. */
  readonly message: string;
  readonly stack: string | null;
  /** What the destination asked for (`Retry-After`), ms; null when it did not. */
  readonly retryAfterMs: number | null;
};
