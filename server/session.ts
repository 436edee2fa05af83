import { personOfSession } from "#db/queries/sessions.ts";
import type { Context } from "./context.ts";
import { gate, type Gate } from "./gate.ts";
import { tokenHash } from "./one-time.ts";
import { sessionToken } from "./session-cookie.ts";
import { sessionSignal } from "./session-watch.ts";


/** The context of a request to the API; for an event stream with a signal that ends it with its session. */
export async function contextFor(request: Request, at: Gate = gate()): Promise<Context> {
  const context = await contextOf(request.headers, at);
  const streams = request.headers.get("accept")?.includes("text/event-stream") ?? false;
  if (!streams || context.sessionId === undefined) return context;
  return { ...context, signal: sessionSignal(at.database.db, context.sessionId, request.signal) };
}

/** The context of whoever sent these headers. Role and state are read from the database each time. */
export async function contextOf(headers: Headers, { database: { db, sql }, cookieName, secret }: Gate = gate()): Promise<Context> {
  const token = sessionToken(headers.get("cookie"), cookieName, secret);
  const person = token === null ? null : await personOfSession(db, tokenHash(token));
  if (person === null) return { db, sql, actor: null };
  const { sessionId, ...actor } = person;
  return { db, sql, actor, sessionId };
}
