import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { asFaultBy, shortened } from "#core/brokers/socket-fault.ts";
import { Fault, type FaultCode } from "#core/fault.ts";
import { ANSWER } from "./codes.ts";
import type { Command } from "./frame.ts";

/** Codes of answers that say what is wrong by themselves. */
const CODES: Readonly<Record<number, FaultCode>> = {
  [ANSWER.systemBusy]: "throttled",
  [ANSWER.flowControl]: "throttled",
  [ANSWER.requestCodeNotSupported]: "unsupported",
  [ANSWER.versionNotSupported]: "unsupported",
  [ANSWER.messageIllegal]: "invalid",
  [ANSWER.serviceNotAvailable]: "blocked",
  [ANSWER.noPermission]: "unauthorised",
  [ANSWER.topicNotExist]: "not_found",
  [ANSWER.subscriptionGroupNotExist]: "not_found",
  [ANSWER.invalidParameter]: "invalid",
  [ANSWER.notLeaderForQueue]: "unreachable",
  [ANSWER.illegalOperation]: "invalid",
  [ANSWER.goAway]: "unreachable",
};

/** What stands in the words of a system error; 4.x tells of its access control nowhere else. */
const WORDS: readonly (readonly [RegExp, FaultCode])[] = [
  [/AclException|signature|No acl|access ?key|authentication|authorization/i, "unauthorised"],
  [/create mapped file failed|in-sync replicas not enough|timer message is under flow control/, "blocked"],
  [/accurate timer message is not enabled/, "unsupported"],
  [/topic\[[^\]]*\] not exist/, "not_found"],
];
/** The words of those system errors after which the broker has surely stored nothing. */
const NOT_STORED = /create mapped file failed|in-sync replicas not enough|timer message is under flow control|accurate timer message is not enabled|topic\[[^\]]*\] not exist|LMQ_CONSUME_QUEUE_NUM_EXCEEDED|AclException/;

const TOO_LARGE = /body.*(length|size)|properties.*(length|size)/i;

const codeOf = ({ code, remark }: Command): FaultCode => {
  if (code === ANSWER.messageIllegal && TOO_LARGE.test(remark ?? "")) return "too_large";
  return CODES[code] ?? WORDS.find(([pattern]) => pattern.test(remark ?? ""))?.[1] ?? "internal";
};

/** An answer other than success as a Fault, in the broker's words without its address of help pages. */
export function faultOfAnswer(answer: Command): Fault {
  const words = (answer.remark ?? "").replace(/\s*(See|For more information,? please visit the url,?)\s+https?:\S+.*$/s, "").trim();
  return new Fault(codeOf(answer), words === "" ? `the broker answered with code ${answer.code}` : shortened(words));
}

/** Whether an answer to a send says that nothing was stored. All but system errors are given before the broker stores. */
export const surelyNotStored = ({ code, remark }: Command): boolean => CODES[code] !== undefined || (code === ANSWER.systemError && NOT_STORED.test(remark ?? ""));

/** Turns whatever the socket threw into a Fault. */
export const faultOf = (error: unknown): Fault => asFaultBy(error, ({ name }) => (name === "AbortError" || name === "TimeoutError" ? "timeout" : null));

/** Codes of the proxy by their hundreds; source: Code in rocketmq-apis. */
const PROXY_CODES: Readonly<Record<number, FaultCode>> = {
  400: "invalid",
  401: "unauthorised",
  402: "blocked",
  403: "unauthorised",
  404: "not_found",
  413: "too_large",
  428: "invalid",
  429: "throttled",
  431: "too_large",
  501: "unsupported",
  505: "unsupported",
};
/** The message lies on the master, and what was asked for beyond that is missing. */
const WEAKER_IN_PROXY: Readonly<Record<number, string>> = { 50002: "on the master alone", 50401: "not yet flushed to disk", 50402: "not yet on the slave" };
const GRPC_CODES: Readonly<Record<number, FaultCode>> = { 4: "timeout", 7: "unauthorised", 8: "throttled", 12: "unsupported", 14: "unreachable", 16: "unauthorised" };
/** gRPC's words for a call that never left. */
const NEVER_LEFT = /No connection established|Name resolution failed|ECONNREFUSED/;

/** What became of a send through the proxy that threw. A TypeError is the client's own refusal. */
export function proxyVerdict(error: unknown): PublishOutcome {
  if (error instanceof Fault || !(error instanceof Error)) return { status: "unknown", fault: faultOf(error) };
  const code = "code" in error && typeof error.code === "number" ? error.code : 0;
  const words = shortened(error.message.replace(/^\[request-id=[^\]]*\] /, ""));
  const weaker = WEAKER_IN_PROXY[code];
  if (weaker !== undefined) return { status: "confirmed", receipt: weaker };
  const known = PROXY_CODES[Math.floor(code / 100)];
  if (known !== undefined) return { status: "refused", fault: new Fault(known, words) };
  if (error instanceof TypeError) return { status: "refused", fault: new Fault("invalid", words) };
  const fault = code >= 1 && code <= 16 ? new Fault(GRPC_CODES[code] ?? "internal", words) : faultOf(error);
  return { status: NEVER_LEFT.test(error.message) ? "refused" : "unknown", fault };
}
