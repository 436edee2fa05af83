import type { BlockList } from "node:net";
import { createAuth, sessionCookieName, type Auth } from "./auth.ts";
import { trustedProxies } from "./client-address.ts";
import { database } from "./database.ts";
import { serverEnv } from "./env.ts";
import { redisStore } from "./idempotency/redis-store.ts";
import type { IdempotencyStore } from "./idempotency/store.ts";
import type { Database } from "#db/client.ts";

/** What stands between a request and the services: who may come in, and how they are known. */
export type Gate = {
  readonly database: Database;
  readonly auth: Auth;
  readonly secret: string;
  readonly origin: string;
  readonly cookieName: string;
  readonly trusted: BlockList;
  /** In front of Postgres; null where Postgres alone remembers producers' keys. */
  readonly idempotency: IdempotencyStore | null;
};

export type GateOptions = { readonly secret: string; readonly publicUrl: string; readonly trustedProxies: string; readonly idempotencyStore: string };

/** Throws when an entry of `trustedProxies` is neither an address nor a network. `idempotencyStore` is `postgres` or a Redis's address. */
export function openGate(opened: Database, { secret, publicUrl, trustedProxies: proxies, idempotencyStore }: GateOptions): Gate {
  return {
    database: opened,
    auth: createAuth(opened.db, { secret, publicUrl }),
    secret,
    origin: new URL(publicUrl).origin,
    cookieName: sessionCookieName(publicUrl),
    trusted: trustedProxies(proxies),
    idempotency: idempotencyStore === "postgres" ? null : redisStore(idempotencyStore),
  };
}

const holder = globalThis as typeof globalThis & { redriveGate?: Gate };

/** The web process's gate, as its environment says. */
export function gate(): Gate {
  const env = serverEnv();
  holder.redriveGate ??= openGate(database(), {
    secret: env.REDRIVE_AUTH_SECRET,
    publicUrl: env.REDRIVE_PUBLIC_URL,
    trustedProxies: env.REDRIVE_TRUSTED_PROXIES,
    idempotencyStore: env.REDRIVE_IDEMPOTENCY_STORE,
  });
  return holder.redriveGate;
}
