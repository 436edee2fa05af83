import { faultDetail, shortened, socketFaultCode } from "#core/brokers/socket-fault.ts";
import { Fault, type FaultCode } from "#core/fault.ts";

/** Reply codes of AMQP 0-9-1 and RabbitMQ. */
const REPLY_CODES: Readonly<Record<number, FaultCode>> = {
  311: "too_large",
  312: "unroutable",
  320: "unreachable", // connection forced: a shutdown, or an operator closed it
  402: "invalid",
  403: "unauthorised",
  404: "not_found",
  405: "blocked", // somebody holds the queue exclusively
  406: "invalid",
  501: "internal",
  502: "internal",
  503: "internal",
  504: "internal",
  505: "internal",
  506: "throttled", // a limit of the server: channels, connections, memory
  530: "unauthorised",
  540: "unsupported",
  541: "internal",
};

/** What the broker says more exactly than its reply code. Foreign text is matched in this file and nowhere else. */
const WORDS: readonly (readonly [number, RegExp, FaultCode])[] = [
  // The queue comes back with its node.
  [404, /is down or inaccessible/, "unreachable"],
  [406, /delivery acknowledgement on channel \d+ timed out/, "timeout"],
  [406, /larger than configured max size/, "too_large"],
];

/** What amqplib and TLS say in words only. */
const TEXTS: readonly (readonly [RegExp, FaultCode])[] = [
  [/connect ETIMEDOUT/, "timeout"],
  [/Expected ConnectionOpenOk/, "unauthorised"],
  [/SASL mechanism .* is not provided/, "unsupported"],
  [/socket closed|unexpected close|heartbeat timeout|channel closed|channel closing|channel ended|connection clos/i, "unreachable"],
  [/certificate|self[- ]signed|unable to verify/i, "unauthorised"],
];

const VHOST_REFUSED = "the vhost does not exist, or this login may not use it";

/** Turns whatever amqplib, the socket or TLS threw into a Fault. Its detail is the broker's own words, shortened. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return new Fault("internal", "the AMQP client threw no error");
  return new Fault(codeOf(error), detailOf(error), { cause: error });
}

function codeOf(error: Error): FaultCode {
  const reply = replyCodeOf(error);
  const exact = WORDS.find(([code, pattern]) => code === reply && pattern.test(error.message))?.[2];
  const known = exact ?? REPLY_CODES[reply];
  if (known !== undefined) return known;
  const socket = socketFaultCode(error);
  if (socket !== null) return socket;
  return TEXTS.find(([pattern]) => pattern.test(error.message))?.[1] ?? "internal";
}

/** Of a closed channel or connection it is the code; of a refused login it is in the text only. */
function replyCodeOf(error: Error): number {
  if ("code" in error && typeof error.code === "number") return error.code;
  return Number(/terminated by server: (\d{3}) /.exec(error.message)?.[1]);
}

function detailOf(error: Error): string {
  if (/Expected ConnectionOpenOk/.test(error.message)) return VHOST_REFUSED;
  const words = /with message "(.*)"$/s.exec(error.message)?.[1];
  return words === undefined || words === "" ? faultDetail(error) : shortened(words);
}
