/** What passes between a worker and the thread of a module: data only. */
export type ToThread =
  | { readonly type: "deliver"; readonly n: number; readonly delivery: WireDelivery }
  /** The deadline has passed, or the worker stops. */
  | { readonly type: "abort"; readonly n: number };

export type WireDelivery = {
  readonly messageId: string;
  readonly attempt: number;
  readonly route: string;
  readonly receivedAt: Date;
  readonly body: Uint8Array;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly native: Readonly<Record<string, unknown>>;
};

export type FromThread =
  | { readonly type: "loaded" }
  /** It cannot be used: told once, before anything was given to it. */
  | { readonly type: "unusable"; readonly message: string; readonly stack: string | null }
  | { readonly type: "done"; readonly n: number; readonly answer: string | null }
  | { readonly type: "threw"; readonly n: number; readonly thrown: Thrown };

export type Thrown = {
  readonly kind: "retry" | "dead_letter" | "error";
  /** `error.code`, else `error.name`. */
  readonly name: string | null;
  readonly message: string;
  readonly stack: string | null;
  readonly delayMs: number | null;
};
