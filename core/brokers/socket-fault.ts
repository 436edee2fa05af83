import { Fault, type FaultCode } from "../fault.ts";

/** Codes of Node's sockets and name look-ups. */
const SOCKET_CODES: Readonly<Record<string, FaultCode>> = {
  ECONNREFUSED: "unreachable",
  ECONNRESET: "unreachable",
  ECONNABORTED: "unreachable",
  EPIPE: "unreachable",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  EHOSTUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ETIMEDOUT: "timeout",
};
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/** The fault code of an error of the socket, the name look-up or TLS; null when it is none of these. */
export function socketFaultCode(error: unknown): FaultCode | null {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return SOCKET_CODES[code] ?? (TLS_CODE.test(code) ? "unauthorised" : null);
}

const MAX_DETAIL = 300;

/** A broker's words, bounded for the screen. */
export const shortened = (words: string): string => (words.length > MAX_DETAIL ? `${words.slice(0, MAX_DETAIL)}…` : words);

/** An error's words for the screen; Node's error for several addresses has none of its own. */
export const faultDetail = (error: Error): string => shortened(error.message !== "" ? error.message : "code" in error ? String(error.code) : error.name);

/** A Fault out of whatever was thrown, by `codeOf` where the socket says nothing. */
export function asFaultBy(error: unknown, codeOf: (error: Error) => FaultCode | null): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return new Fault("internal", "the broker's client threw no error");
  return new Fault(codeOf(error) ?? socketFaultCode(error) ?? "internal", faultDetail(error), { cause: error });
}
