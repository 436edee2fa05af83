import { z } from "zod";
import { dryRunOrder } from "#core/route/dry-run-order.ts";
import { routeToChange, routeToCreate } from "#core/route/save.ts";
import { recentAttempts, topErrors } from "#db/queries/route-numbers.ts";
import { isoTimes } from "../iso-times.ts";
import { dryRunRoute } from "../services/dry-run-route.ts";
import { routeDetail, routeHour, routesOverview } from "../services/route-overview.ts";
import { changeRoute, createRoute } from "../services/save-route.ts";
import { removeRoute, steerBreaker, steerRoute } from "../services/steer-route.ts";
import { adminProcedure, operatorProcedure, router, viewerProcedure } from "../trpc.ts";

const id = z.uuid();
const RECENT = 50;
const reason = z.string().trim().min(1).max(500);

export const routesRouter = router({
  list: viewerProcedure.query(({ ctx }) => routesOverview(ctx.db)),
  get: viewerProcedure.input(id).query(({ ctx, input }) => routeDetail(ctx.db, input)),
  /** The last hour by the minute, with its sums and quantiles. */
  minutes: viewerProcedure.input(id).query(({ ctx, input }) => routeHour(ctx.db, input)),
  topErrors: viewerProcedure.input(id).query(async ({ ctx, input }) => isoTimes(await topErrors(ctx.db, input, Date.now()))),
  attempts: viewerProcedure.input(id).query(async ({ ctx, input }) => isoTimes(await recentAttempts(ctx.db, input, RECENT))),

  /** What a definition would make of a message and of a supposed answer. */
  dryRun: adminProcedure.input(dryRunOrder).query(({ ctx, input }) => dryRunRoute(ctx.db, input)),

  create: adminProcedure.input(routeToCreate).mutation(({ ctx, input }) => createRoute(ctx.db, ctx.sql, ctx.actor, input)),
  update: adminProcedure.input(routeToChange).mutation(({ ctx, input }) => changeRoute(ctx.db, ctx.sql, ctx.actor, input)),
  remove: adminProcedure.input(id).mutation(({ ctx, input }) => removeRoute(ctx.db, ctx.sql, ctx.actor, input)),

  pause: operatorProcedure.input(id).mutation(({ ctx, input }) => steerRoute(ctx.db, ctx.sql, ctx.actor, { id: input, to: "pause" })),
  resume: operatorProcedure.input(id).mutation(({ ctx, input }) => steerRoute(ctx.db, ctx.sql, ctx.actor, { id: input, to: "resume" })),
  breaker: operatorProcedure
    .input(z.discriminatedUnion("to", [z.strictObject({ id, to: z.literal("open"), reason }), z.strictObject({ id, to: z.literal("close") })]))
    .mutation(({ ctx, input }) => steerBreaker(ctx.db, ctx.sql, ctx.actor, input)),
});
