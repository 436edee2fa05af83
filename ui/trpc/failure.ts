import { TRPCClientError } from "@trpc/client";
import type { FailureCode } from "#core/failure.ts";
import type { AppRouter } from "#server/routers/_app.ts";

export type Refusal = {
  /** What happened and what to do, as the server says it. */
  readonly message: string;
  /** Null when it was no refusal of ours but a fault on the way. */
  readonly code: FailureCode | null;
  /** The input at fault, e.g. `settings.port`. */
  readonly field: string | null;
};

/** What a failed call says to the person who made it; null when there is no error. */
export function refusalOf(error: unknown): Refusal | null {
  if (error === null || error === undefined) return null;
  if (!(error instanceof TRPCClientError)) return { message: String(error), code: null, field: null };
  const data = (error as TRPCClientError<AppRouter>).data;
  return { message: error.message, code: data?.failure ?? null, field: data?.field ?? null };
}
