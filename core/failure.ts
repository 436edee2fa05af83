/** Redrive refuses. Closed table: `http` is the status of the API's answer. */
export const FAILURES = {
  not_found: { http: 404 },
  conflict: { http: 409 },
  invalid: { http: 400 },
  forbidden: { http: 403 },
  unauthenticated: { http: 401 },
  too_many: { http: 429 },
} as const satisfies Record<string, { http: number }>;
export type FailureCode = keyof typeof FAILURES;

/** `message` says what happened and what to do, in English; `field` names the input at fault. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly field: string | null;
  constructor(code: FailureCode, message: string, field: string | null = null) {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.field = field;
  }
}
