/** A delivery's wish to be the only one of its key. The owner is the delivery's id, UUID: the same over its tries. */
export type GuardEntry = { readonly key: string; readonly owner: string };

/**
 * What came of a claim: it is this owner's until the lease ends; or an equal message was delivered, by `completedBy` (which may be
 * this very owner: it was delivered, and the worker died before that was written down); or one is under way.
 */
export type GuardVerdict = "claimed" | { readonly completedBy: string } | { readonly heldBy: string };

/**
 * Where keys are remembered. Every method takes the keys of one batch, which may repeat, and is atomic key by key; verdicts come in
 * the order of the entries. Throws Fault: a caller never takes that for a verdict.
 */
export type GuardStore = {
  /** Claims keys that are free, whose lease or memory ran out, or that the same owner holds already. */
  claim(entries: readonly GuardEntry[], leaseMs: number): Promise<GuardVerdict[]>;
  /** These were delivered. Stands whoever holds the key by now, unless another completed it before. */
  complete(entries: readonly GuardEntry[], ttlSeconds: number): Promise<void>;
  /** These were not: who holds a key gives it back. */
  release(entries: readonly GuardEntry[]): Promise<void>;
};
