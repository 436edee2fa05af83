import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { faultDetail, shortened, socketFaultCode } from "#core/brokers/socket-fault.ts";
import { Fault, type FaultCode } from "#core/fault.ts";

type Rule = { readonly code: FaultCode; readonly say?: string };

/** By JetStream's `err_code` (nats-server's errors.json). Where `say` is missing the server's own sentence is shown. */
const API_CODES: Readonly<Record<number, Rule>> = {
  10002: { code: "throttled" }, // resource limits exceeded for account
  10005: { code: "blocked" }, // no suitable peers for placement
  10007: { code: "unreachable" }, // the cluster is not assigned to this server
  10008: { code: "unreachable" }, // temporarily unavailable: no quorum
  10009: { code: "unreachable" },
  10013: { code: "invalid" }, // consumer name already in use
  10014: { code: "not_found" },
  10023: { code: "blocked" }, // insufficient resources
  10026: { code: "throttled" }, // maximum consumers limit reached
  10027: { code: "throttled" },
  10028: { code: "blocked" },
  10037: { code: "not_found" },
  10039: { code: "unsupported" }, // not enabled for account
  10047: { code: "blocked" },
  10054: { code: "too_large" },
  10059: { code: "not_found" },
  10060: { code: "not_found", say: "another stream than the one named keeps this subject" },
  10065: { code: "invalid" }, // subjects overlap with an existing stream
  10071: { code: "nacked" }, // wrong last sequence
  10074: { code: "invalid" }, // replicas > 1 not supported in non-clustered mode
  10076: { code: "unsupported" },
  10077: { code: "blocked" }, // the stream is full and discards new messages
  10099: { code: "blocked", say: "the stream is a work queue, which lets one consumer read a subject: another one reads here" },
  10100: { code: "blocked", say: "the stream is a work queue, which lets one consumer read a subject: another one reads here" },
  10101: { code: "blocked" }, // consumer must be deliver all on workqueue stream
  10109: { code: "blocked" }, // sealed
  10118: { code: "blocked" }, // stream is offline, consumer is offline
  10119: { code: "blocked" },
  10164: { code: "nacked" },
  10185: { code: "unsupported" }, // it needs a newer server
  10194: { code: "blocked" },
  10195: { code: "blocked" },
};

/** By the HTTP-like `code`, for what the table above does not know. */
const HTTP_CODES: Readonly<Record<number, FaultCode>> = {
  400: "invalid",
  403: "unauthorised",
  404: "not_found",
  408: "timeout",
  409: "blocked",
  413: "too_large",
  429: "throttled",
  503: "unreachable",
};

/** What the server and the client say in words only. Foreign text is matched in this file and nowhere else. */
const TEXTS: readonly (readonly [RegExp, Rule])[] = [
  [/does not support 'tls'/, { code: "unsupported", say: "this server does not speak TLS" }],
  [/'tls' is not available/, { code: "unsupported", say: "this server does not speak TLS" }],
  [/credentials|seed|nkey|invalid (prefix|checksum|encoding)|base32/i, { code: "unauthorised", say: "the credentials are no .creds file: it has a JWT and a seed" }],
  [/maximum (account )?(active )?connections/i, { code: "throttled" }],
  [/maximum payload/i, { code: "too_large" }],
  [/stale connection/i, { code: "timeout" }],
  [/certificate|self[- ]signed|unable to verify/i, { code: "unauthorised" }],
  [/connection (refused|closed|disconnected)|closed connection|cancelled/i, { code: "unreachable" }],
];

/** JetStream's answer `{"error":{...}}` as a Fault. */
export function apiFault({ code, err_code, description }: { code: number; err_code?: number | undefined; description: string }): Fault {
  const rule = API_CODES[err_code ?? 0];
  return new Fault(rule?.code ?? HTTP_CODES[code] ?? "internal", shortened(`${rule?.say ?? description}${err_code === undefined ? "" : ` (${err_code})`}`));
}

/** Turns whatever the client, the socket or TLS threw into a Fault. Its detail is the server's own words, shortened. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return new Fault("unreachable", "the connection was lost");
  const root = rootOf(error);
  if (root instanceof JetStreamApiError) return apiFault({ code: root.status, err_code: root.code, description: root.message });
  const { code, say } = ruleOf(root);
  return new Fault(code, say === undefined ? faultDetail(root) : shortened(say), { cause: error });
}

/** The client wraps what happened into a RequestError, and JetStream's refusals once more. */
function rootOf(error: Error): Error {
  const wraps = error instanceof errors.RequestError || error instanceof errors.ConnectionError || error.name === "JetStreamNotEnabled";
  if (wraps && error.cause instanceof Error && !(error.cause instanceof errors.NoRespondersError)) return rootOf(error.cause);
  return error;
}

function ruleOf(error: Error): Rule {
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) return { code: "unauthorised" };
  if (error instanceof errors.PermissionViolationError) return { code: "unauthorised", say: `this login may not ${said(error)}` };
  if (error instanceof errors.TimeoutError) return { code: "timeout", say: "the server did not answer in time" };
  if (error instanceof errors.InvalidArgumentError || error instanceof errors.InvalidSubjectError) return { code: "invalid" };
  if (isNoResponders(error)) return { code: "unsupported", say: "nobody answers there: JetStream is not enabled for this account, or not in this domain" };
  const code = codeOf(error);
  if (/^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return { code: "unauthorised", say: `the server's certificate is not trusted (${code})` };
  if (/^(ERR_SSL|EPROTO)/.test(code)) return { code: "unsupported", say: `no TLS with this server (${code})` };
  const socket = socketFaultCode(error);
  if (socket !== null) return { code: socket };
  return TEXTS.find(([pattern]) => pattern.test(error.message))?.[1] ?? { code: "internal" };
}

const said = ({ operation, subject }: { operation: string; subject: string }): string =>
  `${operation === "subscription" ? "subscribe to" : "publish to"} ${subject === "" ? "this subject" : subject}`;

const codeOf = (error: Error): string => ("code" in error && typeof error.code === "string" ? error.code : "");

/** Whether the server said that nobody listens on the subject: it was given to no one. */
export const isNoResponders = (error: unknown): boolean =>
  error instanceof Error && (error instanceof errors.NoRespondersError || error.name === "JetStreamNotEnabled" || isNoResponders(error.cause));

/** Whether what failed so surely never left, or the server said that it dropped it. */
export function surelyNotSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const root = rootOf(error);
  return (
    root instanceof errors.ClosedConnectionError ||
    root instanceof errors.DrainingConnectionError ||
    root instanceof errors.InvalidArgumentError ||
    root instanceof errors.InvalidSubjectError ||
    // of a subscription it says nothing about what was published
    (root instanceof errors.PermissionViolationError && root.operation === "publish")
  );
}

/** Whether JetStream said that this stream, consumer or message is not there. */
export const isMissing = (error: unknown): boolean => faultOf(error).code === "not_found";
