import { isLost } from "#db/steady-begin.ts";
import type { Log } from "../log.ts";

/**
 * postgres.js 3.4.9 asks for the array types of each new connection in a promise that nobody holds: when Postgres goes in
 * these milliseconds, the rejection would end the process. What asked for the connection hears of it by itself, so such a
 * loss is logged and no more. Every other rejection that nobody handles ends the process, as ever.
 */
export function surviveLostConnections(log: Pick<Log, "warn">): void {
  process.on("unhandledRejection", (error) => {
    if (!isLost(error)) throw error;
    log.warn({ err: error }, "a connection to Postgres was lost while it was being made");
  });
}
