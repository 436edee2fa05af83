import { createHash } from "node:crypto";
import type { RawDeath } from "#core/message/raw.ts";
import { pgSafe } from "#core/message/pg-text.ts";
import type { RouteDefinition } from "#core/route/definition.ts";
import { guardKeyOf, orderKeyOf } from "#core/route/guard-key.ts";
import type { NewDelivery } from "#db/queries/deliveries-store.ts";
import { newId } from "#db/new-id.ts";

const MAX_KEY = 500;
const hash = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("base64url");

/** Turns what a route's queue gave into deliveries. Never throws: a message whose keys can not be read has none. */
export function newDeliveryReader({ guard, ordered }: RouteDefinition): (raw: readonly RawDeath[]) => NewDelivery[] {
  return (raw) =>
    raw.map((message) => {
      const { identity, body, headers, native } = message;
      const guardKey = guard === null ? null : guardKeyOf(guard.key, message, hash);
      const key = "key" in native && typeof native.key === "string" ? native.key : null;
      return {
        id: newId(),
        identity,
        body,
        headers: JSON.stringify(headers),
        native: JSON.stringify(native),
        key: key === null ? null : pgSafe(key, MAX_KEY),
        orderKey: ordered === null ? null : orderKeyOf(ordered, message, hash),
        guardKey,
        deadCause: guard?.missing === "dead" && guardKey === null ? ("guard_key_missing" as const) : null,
      };
    });
}

/** One that Postgres refuses as read: its bytes and its order are kept, what was read from it is not. */
export const bareDelivery = (delivery: NewDelivery): NewDelivery => ({ ...delivery, key: null, guardKey: null });
