import { setTimeout } from "node:timers";
import type { Dispatcher } from "undici";
import type { Answer, DeliveryErrorCode, DeliveryOutcome } from "#core/route/outcome.ts";
import { retryAfterMs } from "#core/route/retry-after.ts";
import { AddressRefused } from "./address-guard.ts";
import { refused, unknown } from "./errors.ts";
import type { HttpRequest } from "./http-request.ts";

const KEPT_BYTES = 16_384;
const READ_BYTES = 65_536;
const SHOWN_HEADERS = 50;
const SHOWN_VALUE = 500;

export type ExchangeLimits = { readonly headTimeoutMs: number; readonly timeoutMs: number; readonly stop: AbortSignal };

type Head = { readonly status: number; readonly headers: Answer["headers"]; readonly retryAfter: string | null };
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Sends a request and waits for its answer. The verdict is the answer's head: a 2xx is success whatever becomes of its body,
 * which is read to its end, to 64 KiB or to the end of time, and then cut. Without a head, what was written may have been done.
 */
export function exchange(dispatcher: Dispatcher, request: HttpRequest, { headTimeoutMs, timeoutMs, stop }: ExchangeLimits): Promise<DeliveryOutcome> {
  const { promise, resolve } = Promise.withResolvers<DeliveryOutcome>();
  const kept: Buffer[] = [];
  let controller: Dispatcher.DispatchController | null = null;
  let head: Head | null = null;
  let read = 0;
  let settled = false;

  const settle = (outcome: DeliveryOutcome): void => {
    settled = true;
    clearTimeout(headTimer);
    clearTimeout(timer);
    stop.removeEventListener("abort", stopped);
    resolve(outcome);
  };
  /** Ends it here: the verdict is what is known by now, and the socket is destroyed. */
  const end = (code: DeliveryErrorCode, message: string, type: string | null = null): void => {
    if (settled) return;
    const why = new Error(message);
    if (head !== null) settle(verdict(head, { body: Buffer.concat(kept).subarray(0, KEPT_BYTES), cut: true }));
    else if (controller === null) settle(refused(code, `${message}; nothing was sent`, { type }));
    else settle(unknown(code, message, { type }));
    controller?.abort(why);
  };
  const stopped = (): void => end("worker_vanished", "the worker was stopped before the destination answered");
  const headTimer = setTimeout(() => head === null && end("timeout", `no answer within ${headTimeoutMs} ms`), headTimeoutMs);
  const timer = setTimeout(() => end("timeout", `no answer within ${timeoutMs} ms`), timeoutMs);

  if (stop.aborted) stopped();
  if (settled) return promise;
  stop.addEventListener("abort", stopped, { once: true });
  dispatcher.dispatch(
    { ...request, headersTimeout: 0, bodyTimeout: 0 },
    {
      onRequestStart: (started) => {
        // given up while it waited for its connection: not a byte is written
        if (settled) return started.abort(new Error("given up"));
        controller = started;
      },
      onResponseStart: (_, status, headers) => {
        if (settled || status < 200) return;
        head = { status, headers: shown(headers), retryAfter: firstOf(headers["retry-after"]) };
      },
      onResponseData: (_, chunk) => {
        if (settled) return;
        if (read < KEPT_BYTES) kept.push(chunk);
        read += chunk.length;
        if (read >= READ_BYTES) end("too_large", "the answer has no end");
      },
      onResponseEnd: () => {
        if (settled || head === null) return;
        settle(verdict(head, { body: Buffer.concat(kept).subarray(0, KEPT_BYTES), cut: read > KEPT_BYTES }));
      },
      onResponseError: (_, error) => {
        if (settled) return;
        const { code, message, type } = controller === null ? beforeSending(error) : afterSending(error);
        end(code, message, type);
      },
    },
  );
  return promise;
}

function verdict({ status, headers, retryAfter }: Head, { body, cut }: { body: Buffer; cut: boolean }): DeliveryOutcome {
  const answer: Answer = { status, headers, body, cut };
  if (status < 300) return { status: "confirmed", answer };
  const told = { status, answer, retryAfterMs: retryAfterMs(retryAfter, Date.now()) };
  if (status < 400) return refused("redirect", `the destination answered ${status}; redirects are not followed`, told);
  return refused("http_status", `the destination answered ${status}`, told);
}

/** All but cookies, which are credentials; bounded. */
function shown(headers: Headers): Answer["headers"] {
  const all = Object.entries(headers).flatMap(([name, value]) => (name === "set-cookie" || value === undefined ? [] : [value].flat().map((one) => [name, one.slice(0, SHOWN_VALUE)] as const)));
  return all.slice(0, SHOWN_HEADERS);
}

const firstOf = (value: string | string[] | undefined): string | null => [value].flat()[0] ?? null;

type Told = { readonly code: DeliveryErrorCode; readonly message: string; readonly type: string | null };

const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/;
const DNS_CODE = /^(?:ENOTFOUND|ENODATA|EAI_|ESERVFAIL|EREFUSED)/;

/** What kept the connection from being made. The texts are ours: an error's own may hold what the address holds. */
function beforeSending(error: Error): Told {
  const type = codeOf(error);
  if (error instanceof AddressRefused) return { code: "address_refused", message: error.message, type };
  const told = (code: DeliveryErrorCode, message: string): Told => ({ code, message, type });
  if (type === null) return told("internal", "the request could not be made");
  if (DNS_CODE.test(type)) return told("dns", "the name of the destination does not resolve");
  if (TLS_CODE.test(type)) return told("tls", `no secure connection to the destination (${type})`);
  if (/TIMEOUT|^ETIMEDOUT$/.test(type)) return told("timeout", "the destination did not take the connection in time");
  if (/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL|ENETDOWN)$/.test(type)) return told("connection_refused", `the destination took no connection (${type})`);
  if (/^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/.test(type)) return told("connection_reset", "the destination closed the connection as it was made");
  return told("internal", `the request could not be made (${type})`);
}

/** What went wrong between the request's first byte and the end of the answer's head. */
function afterSending(error: Error): Told {
  const type = codeOf(error);
  if (type === "HPE_HEADER_OVERFLOW" || type === "UND_ERR_HEADERS_OVERFLOW") return { code: "too_large", message: "the head of the answer has no end", type };
  // llhttp's code is not always there
  if (error.name === "HTTPParserError") return { code: "protocol", message: "the answer is no HTTP", type: type ?? error.name };
  return { code: "connection_reset", message: "the connection was lost before the destination answered", type };
}

const codeOf = (error: Error): string | null => ("code" in error && typeof error.code === "string" ? error.code : null);
