import { DrizzleQueryError } from "drizzle-orm";
import { pino, stdSerializers } from "pino";
import postgres from "postgres";

/**
 * An error for the log. A failed query's own text carries its parameters, which are passwords' hashes and payloads:
 * what remains is the statement, where it was asked for, and Postgres's code.
 */
export function loggableError(error: unknown): unknown {
  if (error instanceof DrizzleQueryError)
    return { type: error.name, query: error.query, cause: loggableError(error.cause), at: framesOf(error) };
  if (error instanceof postgres.PostgresError) {
    const { code, constraint_name: constraint, table_name: table, message } = error;
    // class 22, data exception: its message repeats the value
    return { type: error.name, code, constraint, table, ...(code.startsWith("22") ? {} : { message }) };
  }
  return error instanceof Error ? stdSerializers.err(error) : String(error);
}

const framesOf = ({ stack = "" }: Error): string[] =>
  stack
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "));

/** The web process's log: JSON lines on standard output. Never a secret, never a payload. */
export const log = pino({ name: "redrive-web", serializers: { err: loggableError } });
