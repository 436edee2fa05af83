import { stampPeers, trustedProxies } from "#server/client-address.ts";
import { serverEnv } from "#server/env.ts";

const GRACE_MS = 2_000;

/** Before the web process answers: checks its environment and marks requests with their peer. */
export function start(): void {
  trustedProxies(serverEnv().REDRIVE_TRUSTED_PROXIES);
  stampPeers();
  // Next waits for open answers, and event streams stay open: their clients come back to the next process by themselves
  process.once("SIGTERM", () => setTimeout(() => process.exit(0), GRACE_MS).unref());
}
