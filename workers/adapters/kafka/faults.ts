import { asFaultBy } from "#core/brokers/socket-fault.ts";
import type { Fault, FaultCode } from "#core/fault.ts";

/** Error codes of the protocol by kafkajs's names; source: Kafka's protocol guide. */
const TYPES: Readonly<Record<string, FaultCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: "not_found",
  INVALID_TOPIC_EXCEPTION: "invalid",
  MESSAGE_TOO_LARGE: "too_large",
  RECORD_LIST_TOO_LARGE: "too_large",
  TOPIC_AUTHORIZATION_FAILED: "unauthorised",
  GROUP_AUTHORIZATION_FAILED: "unauthorised",
  CLUSTER_AUTHORIZATION_FAILED: "unauthorised",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "unauthorised",
  SASL_AUTHENTICATION_FAILED: "unauthorised",
  ILLEGAL_SASL_STATE: "unauthorised",
  UNSUPPORTED_SASL_MECHANISM: "unsupported",
  UNSUPPORTED_VERSION: "unsupported",
  UNSUPPORTED_COMPRESSION_TYPE: "unsupported",
  INVALID_RECORD: "invalid",
  INVALID_TIMESTAMP: "invalid",
  INVALID_CONFIG: "invalid",
  POLICY_VIOLATION: "invalid",
  NOT_ENOUGH_REPLICAS: "blocked",
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: "blocked",
  LEADER_NOT_AVAILABLE: "unreachable",
  NOT_LEADER_FOR_PARTITION: "unreachable",
  BROKER_NOT_AVAILABLE: "unreachable",
  COORDINATOR_NOT_AVAILABLE: "unreachable",
  GROUP_COORDINATOR_NOT_AVAILABLE: "unreachable",
  GROUP_LOAD_IN_PROGRESS: "unreachable",
  REQUEST_TIMED_OUT: "timeout",
  THROTTLING_QUOTA_EXCEEDED: "throttled",
};

const NAMES: readonly (readonly [RegExp, FaultCode])[] = [
  [/SASLAuthentication/, "unauthorised"],
  [/RequestTimeout/, "timeout"],
  [/Connection|BrokerNotFound|NumberOfRetriesExceeded|LockTimeout/, "unreachable"],
  [/NotImplemented|UnsupportedMagicByte/, "unsupported"],
];
const WORDS: readonly (readonly [RegExp, FaultCode])[] = [
  [/does not host this topic-partition/, "not_found"],
  [/authentication failed|invalid credentials/i, "unauthorised"],
  [/certificate/i, "unauthorised"],
  [/SSL routines|wrong version number|EPROTO/i, "unsupported"],
  [/ECONNREFUSED|ECONNRESET|Closed connection|socket|disconnected/i, "unreachable"],
  [/timed? ?out/i, "timeout"],
];

/** The names of the stale-generation family: somebody else has the partitions now. */
const REBALANCED = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "NOT_COORDINATOR_FOR_GROUP", "FENCED_INSTANCE_ID"]);

/** The innermost error of kafkajs, which wraps what happened into how often it tried. */
function innermost(error: unknown): unknown {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner;
}

const typeOf = (error: unknown): string => (error instanceof Error && "type" in error && typeof error.type === "string" ? error.type : "");

/** Turns whatever kafkajs or the socket threw into a Fault. */
export const faultOf = (error: unknown): Fault =>
  asFaultBy(innermost(error), (inner) => {
    const known = TYPES[typeOf(inner)];
    if (known !== undefined) return known;
    return WORDS.find(([pattern]) => pattern.test(inner.message))?.[1] ?? NAMES.find(([pattern]) => pattern.test(inner.name))?.[1] ?? null;
  });

/** Whether a commit failed because the group was rebalanced meanwhile. */
export const isRebalance = (error: unknown): boolean => REBALANCED.has(typeOf(innermost(error)));

/** Whether there is no such offset, or none any more. */
export const isOutOfRange = (error: unknown): boolean => typeOf(innermost(error)) === "OFFSET_OUT_OF_RANGE" || (error instanceof Error && error.name === "KafkaJSOffsetOutOfRange");

/** The broker appended, or cannot tell; or its answer is about the producer's numbers and says nothing of an earlier try. */
const PERHAPS_APPENDED = new Set(["NOT_ENOUGH_REPLICAS_AFTER_APPEND", "REQUEST_TIMED_OUT", "NOT_LEADER_FOR_PARTITION", "DUPLICATE_SEQUENCE_NUMBER", "OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID", "INVALID_PRODUCER_EPOCH"]);
const REFUSALS = new Set<FaultCode>(["not_found", "invalid", "too_large", "unauthorised", "unsupported", "blocked"]);

/** Whether the error of one try to produce says that nothing was appended by it. */
export const surelyNotAppended = (error: unknown): boolean => !PERHAPS_APPENDED.has(typeOf(innermost(error))) && REFUSALS.has(faultOf(error).code);

/** Whether the same may go well in a moment: a leader that moves, a connection that was cut. */
export const isPassing = (error: unknown): boolean => ["unreachable", "timeout"].includes(faultOf(error).code);
