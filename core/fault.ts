/** A broker did not do it. Closed table: every adapter maps its client's errors to these codes in its `faults.ts`. */
const FAULTS = {
  unreachable: { retryable: true },
  timeout: { retryable: true },
  throttled: { retryable: true },
  blocked: { retryable: true },
  unauthorised: { retryable: false },
  not_found: { retryable: false },
  unroutable: { retryable: false },
  nacked: { retryable: true },
  too_large: { retryable: false },
  invalid: { retryable: false },
  unsupported: { retryable: false },
  internal: { retryable: true },
} as const satisfies Record<string, { retryable: boolean }>;
export type FaultCode = keyof typeof FAULTS;
export const FAULT_CODES = Object.keys(FAULTS) as [FaultCode, ...FaultCode[]];

/** `detail` is shown to operators: never a secret, never a URI with user information. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: string;
  constructor(code: FaultCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.name = "Fault";
    this.code = code;
    this.detail = detail;
  }
}
