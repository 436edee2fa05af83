import { initTRPC, TRPCError } from "@trpc/server";
import { Failure, type FailureCode } from "#core/failure.ts";
import { allows, type Role } from "#core/roles.ts";
import type { Actor, Context } from "./context.ts";
import { recordRefusedAccess } from "./services/refused-access.ts";

const CODES = {
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  invalid: "BAD_REQUEST",
  forbidden: "FORBIDDEN",
  unauthenticated: "UNAUTHORIZED",
  too_many: "TOO_MANY_REQUESTS",
} as const satisfies Record<FailureCode, TRPCError["code"]>;

export type ProcedureMeta = { readonly role: Role };

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    // plain JSON on the wire: payloads travel as strings, and a key named __proto__ must not break a page
    sse: {
      ping: { enabled: true, intervalMs: 10_000 },
      client: { reconnectAfterInactivityMs: 25_000 },
      maxDurationMs: 10 * 60_000,
    },
    errorFormatter({ shape, error }) {
      const failure = error.cause instanceof Failure ? error.cause : null;
      const internal = error.code === "INTERNAL_SERVER_ERROR";
      const { stack: _stack, ...data } = shape.data;
      return {
        ...shape,
        // what went wrong inside is for the log, not for the caller
        message: internal ? "Something went wrong on the server. Nothing was changed." : shape.message,
        data: { ...data, failure: failure?.code ?? null, field: failure?.field ?? null },
      };
    },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const failures = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof Failure)) return result;
  const failure = result.error.cause;
  throw new TRPCError({ code: CODES[failure.code], message: failure.message, cause: failure });
});

// The role is checked here, inside the procedure, never in front of it.
const procedureFor = (role: Role) =>
  t.procedure
    .meta({ role })
    .use(failures)
    .use(async ({ ctx, path, next }) => {
      const actor: Actor | null = ctx.actor;
      if (actor === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in first." });
      if (!allows(actor.role, role)) {
        await recordRefusedAccess(ctx.db, actor, path, role);
        throw new TRPCError({ code: "FORBIDDEN", message: `This needs the role ${role}; you are ${actor.role}.` });
      }
      return next({ ctx: { ...ctx, actor } });
    });

export const viewerProcedure = procedureFor("viewer");
export const operatorProcedure = procedureFor("operator");
export const adminProcedure = procedureFor("admin");
