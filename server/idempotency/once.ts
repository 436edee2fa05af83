import { setTimeout as pause } from "node:timers/promises";
import type { Publication } from "#db/queries/publications-web.ts";
import { log } from "../log.ts";
import type { Claim, IdempotencyStore, ProducerKey } from "./store.ts";

/** What a claim outlasts: writing the request down and waiting for its outcome. */
const LEASE_MS = 15_000;

/** What a request came to; `first` where it was the one that wrote the publication down. */
export type CarriedOut = { readonly first: boolean; readonly publication: Publication };

/**
 * Lets one request of a key carry itself out at a time; others wait for its end until `deadline` (by performance.now()) and get it, or
 * `held`. What `carryOut` finds in Postgres counts: a store that forgot, or whose claim ran out, lets a repeat through to its row there.
 * Throws StoreDown before anything is written, and what `carryOut` throws.
 */
export async function once(store: IdempotencyStore, key: ProducerKey, deadline: number, carryOut: () => Promise<CarriedOut>): Promise<CarriedOut | "held"> {
  const owner = crypto.randomUUID();
  const claim = await claimBefore(deadline, () => store.claim(key, owner, LEASE_MS));
  if (claim === "held") return "held";
  if (claim !== "claimed") return { first: false, publication: claim.ended };
  let ended: Publication | null = null;
  try {
    const carried = await carryOut();
    // a doubt may still end, and what waits will: Postgres tells repeats of these
    if (carried.publication.state === "confirmed" || carried.publication.state === "refused") ended = carried.publication;
    return carried;
  } finally {
    // the answer is true whatever the store says now; a claim that stays ends with its lease
    await (ended === null ? store.release(key, owner) : store.complete(key, ended)).catch((error: unknown) => log.warn({ err: error }, "the store of Idempotency-Keys was not told"));
  }
}

async function claimBefore(deadline: number, ask: () => Promise<Claim>): Promise<Claim> {
  for (let rest = 20; ; rest = Math.min(rest * 2, 250)) {
    const claim = await ask();
    if (claim !== "held" || performance.now() >= deadline) return claim;
    await pause(rest);
  }
}
