import { faultDetail, shortened, socketFaultCode } from "#core/brokers/socket-fault.ts";
import { Fault, type FaultCode } from "#core/fault.ts";

/** By HTTP status, of the admin REST API and of a refused WebSocket; source: AbstractWebSocketHandler.java, RestException.java. */
const STATUSES: Readonly<Record<number, FaultCode>> = {
  400: "invalid",
  401: "unauthorised",
  403: "unauthorised",
  404: "not_found",
  405: "invalid",
  408: "timeout",
  409: "blocked",
  412: "invalid",
  413: "too_large",
  429: "throttled",
  502: "unreachable",
  503: "unreachable",
  504: "timeout",
};

/** What a status says in words only. Foreign text is matched in this file and nowhere else. */
const TEXTS: readonly (readonly [RegExp, FaultCode])[] = [
  [/terminated/i, "invalid"],
  [/quota|backlog/i, "blocked"],
  [/message size|exceeds the maximum allowed|larger than/i, "too_large"],
  [/memory (buffer|limit)|queue is full|max(imum)? pending/i, "throttled"],
  [/schema/i, "invalid"],
  [/not authori[sz]ed|unauthori[sz]ed/i, "unauthorised"],
  [/not found|does not exist/i, "not_found"],
  [/timeout|timed out|within given timeout/i, "timeout"],
];

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", "#39": "'", apos: "'" };

/** The sentence in an answer: the REST API's reason, the title of Jetty's page, the error inside of either. */
export function wordsOf(body: string): string {
  const title = /<title>([^]*?)<\/title>/i.exec(body)?.[1]?.replace(/^Error \d{3} /, "");
  const plain = (title ?? /"reason"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? body).replace(/&(#?\w+);/g, (all, name: string) => ENTITIES[name] ?? all);
  const inner = /"errorMsg":"((?:[^"\\]|\\.)*)"/.exec(plain)?.[1] ?? plain;
  return shortened(inner.replace(/(?:[\w$]+\.)+[\w$]*(?:Exception|Error): /g, "").trim());
}

/** A refusal over HTTP as a Fault. */
export function statusFault(status: number, body: string): Fault {
  const words = wordsOf(body);
  const code = status === 503 || status === 500 ? TEXTS.find(([pattern]) => pattern.test(words))?.[1] : undefined;
  return new Fault(code ?? STATUSES[status] ?? "internal", words === "" ? `HTTP status ${status}` : words);
}

/** The end of a WebSocket as a Fault; source: RFC 6455, section 7.4.1. */
export function closeFault(code: number, reason: string): Fault {
  if (code === 1009) return new Fault("too_large", shortened(`the WebSocket service takes no message of this size (webSocketMaxTextFrameSize): ${reason}`));
  return new Fault(code === 1011 ? "internal" : "unreachable", shortened(`the WebSocket was closed (${code})${reason === "" ? "" : `: ${reason}`}`));
}

/** Results that say that the message never reached a topic; source: WebSocketError.java (3: no JSON, 7: payload), ProducerHandler.java. */
const NEVER_SENT = /^send-error:[37]$/;
/** Words of the client inside the WebSocket service with which it, or the broker, refused to store. */
const SURELY_REFUSED = /terminated|message size|memory limit|memory buffer|queue is full|max(imum)? pending|quota|not authori[sz]ed|schema/i;

/** What the service said instead of `ok`, and whether the message surely lies nowhere. */
export function sendFault(result: string, words: string): { readonly fault: Fault; readonly surely: boolean } {
  const code = TEXTS.find(([pattern]) => pattern.test(words))?.[1] ?? (NEVER_SENT.test(result) ? "invalid" : "nacked");
  return { fault: new Fault(code, wordsOf(words === "" ? result : words)), surely: NEVER_SENT.test(result) || SURELY_REFUSED.test(words) };
}

/** Turns whatever fetch, the WebSocket client or the socket threw into a Fault. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return new Fault("internal", "the client threw no error");
  if (error.name === "TimeoutError" || error.name === "AbortError") return new Fault("timeout", "the server did not answer in time", { cause: error });
  const inner = innermost(error);
  if (/handshake has timed out/.test(inner.message)) return new Fault("timeout", "the WebSocket service did not answer in time", { cause: error });
  const lost = /socket hang up|other side closed|terminated|closed before/.test(inner.message);
  return new Fault(socketFaultCode(inner) ?? (lost ? "unreachable" : "internal"), faultDetail(inner), { cause: error });
}

/** fetch wraps what happened, and several addresses are one error that holds each one's. */
function innermost(error: Error): Error {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return innermost(error.errors[0]);
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
