import type { Publication } from "#db/queries/publications-web.ts";

/** A producer's Idempotency-Key, of one API key. */
export type ProducerKey = { readonly apiKeyId: string; readonly idempotencyKey: string };

/** It is the asker's until its lease ends; or another request of this key is under way; or one came to this end. */
export type Claim = "claimed" | "held" | { readonly ended: Publication };

/**
 * What remembers producers' keys in front of Postgres, whose unique constraint has the last word whatever is said here. Atomic key by
 * key. Throws StoreDown, which is no verdict: nothing was written then, and nothing may be.
 */
export type IdempotencyStore = {
  claim(key: ProducerKey, owner: string, leaseMs: number): Promise<Claim>;
  /** The publication's end is certain: repeats get it. The first that was told stays. */
  complete(key: ProducerKey, ended: Publication): Promise<void>;
  /** Gives back what this owner holds. */
  release(key: ProducerKey, owner: string): Promise<void>;
  close(): void;
};

/** The store does not answer, or holds what Redrive did not write. */
export class StoreDown extends Error {
  constructor(cause: unknown) {
    super("The store of Idempotency-Keys does not answer as it should. Nothing was written: repeat the request with the same key.", { cause });
    this.name = "StoreDown";
  }
}
