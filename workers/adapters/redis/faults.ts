import { asFaultBy } from "#core/brokers/socket-fault.ts";
import { type Fault, type FaultCode } from "#core/fault.ts";

/** The word with which a Redis error begins, or a sentence of its own; redis source, server.c and networking.c. */
const WORDS: readonly (readonly [RegExp, FaultCode])[] = [
  [/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)|user executing the script can't/, "unauthorised"],
  [/^(WRONGTYPE|BUSYKEY|EXECABORT|CROSSSLOT|ERR value|ERR syntax|ERR wrong number)/, "invalid"],
  [/^ERR DB index is out of range/, "not_found"],
  [/^(OOM|MISCONF|NOREPLICAS|READONLY)/, "blocked"],
  [/^(LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|MOVED|ASK)/, "unreachable"],
  [/^(NOGROUP|ERR no such key)|requires the key to exist|key.* no longer exists/i, "not_found"],
  [/^ERR unknown (command|subcommand)/, "unsupported"],
  [/^ERR max number of clients/, "throttled"],
  [/^ERR .*(string|size) exceeds|invalid bulk length|too big/i, "too_large"],
  [/^UNBLOCKED/, "not_found"],
  // ioredis's own words
  [/Command timed out|ETIMEDOUT/, "timeout"],
  [/Connection is closed|Stream isn't writeable|All sentinels are unreachable|Failed to refresh slots|None of startup nodes|Reached the max retries|CLUSTERDOWN|Socket closed/i, "unreachable"],
];

/** Turns whatever ioredis or the socket threw into a Fault. */
export const faultOf = (error: unknown): Fault => asFaultBy(error, ({ message }) => WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? null);

/** Whether the server itself answered with this error, so that the command surely did nothing. */
export const isReply = (error: unknown): boolean => error instanceof Error && error.name === "ReplyError";
