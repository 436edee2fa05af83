import type { Header } from "./header.ts";
import type { Native } from "./native.ts";

export type { AmqpProperties, AmqpTextProperty, KafkaNative, Native, Transport } from "./native.ts";

/**
 * How one death is told from another.
 * - `exact`: the broker gives an id that survives redelivery and is never used twice (a job id, an offset).
 * - `content`: it does not. `redelivered` is the broker's flag; when false the death is surely new. When true it
 *   is the same as a stored death with the same hash whose batch was never accepted, if there is one.
 */
export type DeathIdentity =
  | { readonly kind: "exact"; readonly id: string }
  | { readonly kind: "content"; readonly hash: string; readonly redelivered: boolean };

/** One dead message as an adapter hands it over: bytes and facts as they came. */
export type RawDeath = {
  readonly identity: DeathIdentity;
  readonly body: Uint8Array;
  readonly headers: readonly Header[];
  readonly native: Native;
};

/** What is published: `native` is where it came from, so that properties are kept. */
export type Outgoing = {
  /** Unique per attempt, UUID. Adapters use it as the broker's own id where there is nowhere else to stamp. */
  readonly attemptId: string;
  readonly body: Uint8Array;
  /** Already stripped and stamped. */
  readonly headers: readonly Header[];
  readonly native: Native;
};
