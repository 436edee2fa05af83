import type { Answer, DeliveryError, DeliveryErrorCode, DeliveryOutcome } from "#core/route/outcome.ts";

type Told = Partial<Pick<DeliveryError, "status" | "type" | "stack" | "retryAfterMs">> & { readonly answer?: Answer | null };

/** It certainly was not done: nothing was sent, or the destination said no. */
export const refused = (code: DeliveryErrorCode, message: string, told: Told = {}): DeliveryOutcome => ({ status: "refused", ...failure(code, message, told) });

/** It may have been done: it was sent, in part or in whole, and nobody answered. */
export const unknown = (code: DeliveryErrorCode, message: string, told: Told = {}): DeliveryOutcome => ({ status: "unknown", ...failure(code, message, told) });

const failure = (code: DeliveryErrorCode, message: string, { answer = null, status = null, type = null, stack = null, retryAfterMs = null }: Told) => ({
  error: { code, message, status, type, stack, retryAfterMs },
  answer,
});
