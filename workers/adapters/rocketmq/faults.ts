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
