import { Fault, type FaultCode } from "#core/fault.ts";

type Rule = { readonly code: FaultCode; readonly say?: string };

/** By SQLSTATE, else by its class of two characters. Where `say` is missing the server's own sentence is shown. */
const STATES: Readonly<Record<string, Rule>> = {
  "08": { code: "unreachable" },
  "22": { code: "invalid", say: "the body cannot be stored as jsonb" },
  "22003": { code: "invalid", say: "the body holds a number too large for jsonb" },
  "22021": { code: "invalid", say: "the body is not valid UTF-8" },
  "22P02": { code: "invalid", say: "the body is not valid JSON for jsonb, in which pg-boss keeps its data" },
  "22P05": { code: "invalid", say: "the body holds \\u0000, which jsonb cannot store" },
  "23503": { code: "not_found", say: "the queue was deleted meanwhile" },
  "23514": { code: "invalid", say: "a constraint of the queue refuses the job; a key_strict_fifo queue needs a singleton key" },
  "25006": { code: "blocked", say: "the server is read-only at the moment" },
  "25P03": { code: "timeout", say: "the transaction was idle for too long and the server ended it" },
  "28": { code: "unauthorised" },
  "3D000": { code: "not_found" },
  "3F000": { code: "not_found", say: "pg-boss is not installed in this schema" },
  "40": { code: "internal" },
  "42501": { code: "unauthorised" },
  "42703": { code: "unsupported", say: "the tables are not those of a pg-boss version known here" },
  "42883": { code: "unsupported", say: "the tables are not those of a pg-boss version known here" },
  "42P01": { code: "not_found", say: "pg-boss is not installed in this schema" },
  "53": { code: "blocked" },
  "53300": { code: "throttled" },
  "54": { code: "too_large", say: "the body is too large or nested too deep for jsonb" },
  "55P03": { code: "blocked", say: "a lock was not free in time" },
  "57014": { code: "timeout", say: "the statement took longer than allowed" },
  "57P": { code: "unreachable" },
  "57P04": { code: "not_found" },
};

const CLIENT: Readonly<Record<string, Rule>> = {
  CONNECT_TIMEOUT: { code: "timeout", say: "no connection within the time allowed" },
  ETIMEDOUT: { code: "timeout", say: "the server does not answer" },
  ECONNREFUSED: { code: "unreachable", say: "nothing listens there (connection refused)" },
  ENOTFOUND: { code: "unreachable", say: "the host name is not known" },
  EAI_AGAIN: { code: "unreachable", say: "the host name could not be looked up" },
  EHOSTUNREACH: { code: "unreachable", say: "no route to the host" },
  ENETUNREACH: { code: "unreachable", say: "no route to the network" },
  SASL_SIGNATURE_MISMATCH: { code: "unauthorised", say: "the server could not prove that it knows the password" },
};

/** Client codes that mean the query never left, because the connection it waited for was never made. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "CONNECT_TIMEOUT"]);
/** What a server says only to a login. */
const AT_LOGIN = /^(28|3D000|53300|57P03)/;

/** `severity` is the server's own word, which is not translated into its language. */
type Thrown = { readonly code: string; readonly severity: string; readonly message: string };

/** Any error of the client as a Fault. A Fault stays what it is. Never holds a password or a piece of a body. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code, message } = thrown(error);
  if (isState(code)) {
    const rule = STATES[code] ?? STATES[code.slice(0, 3)] ?? STATES[code.slice(0, 2)];
    return new Fault(rule?.code ?? "internal", `${rule?.say ?? message} (SQLSTATE ${code})`);
  }
  const rule = CLIENT[code] ?? clientRule(code);
  return new Fault(rule.code, rule.say ?? "the connection to PostgreSQL was lost", rule.code === "internal" ? { cause: error } : undefined);
}

function clientRule(code: string): Rule {
  if (/^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT)/.test(code)) {
    return { code: "unauthorised", say: `the server's certificate is not trusted (${code})` };
  }
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO)/.test(code)) return { code: "unsupported", say: `no TLS with this server (${code})` };
  if (/^(CONNECTION_|ECONN|EPIPE)/.test(code)) return { code: "unreachable" };
  return { code: "internal", say: `the PostgreSQL client failed${code === "" ? "" : ` (${code})`}` };
}

/**
 * Whether a statement that failed so surely did nothing. A server's ERROR rolls it back. A FATAL may arrive when the
 * statement is already committed, and so may the end of a connection.
 */
export function surelyUndone(error: unknown): boolean {
  const { code, severity } = thrown(error);
  return isState(code) ? severity === "ERROR" || AT_LOGIN.test(code) : NEVER_SENT.has(code);
}

/** Whether the statement failed because of what one of its rows holds: the others may go in without it. */
export function blamesOneRow(error: unknown): boolean {
  const { code } = thrown(error);
  return isState(code) && (/^(22|54)/.test(code) || code === "23514");
}

const isState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);

function thrown(error: unknown): Thrown {
  const { code, severity, message } = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return { code: text(code), severity: text(severity), message: text(message) };
}
