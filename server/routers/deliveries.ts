import { z } from "zod";
import { deliveryErrorCode } from "#core/route/outcome.ts";
import { DELIVERY_STATES } from "#core/route/state.ts";
import { countChosen, listDeliveries } from "#db/queries/deliveries-web.ts";
import { isoTimes } from "../iso-times.ts";
import { deliveryContent, deliveryDetail, messageDeliveries } from "../services/delivery-detail.ts";
import { steerDeliveries } from "../services/steer-deliveries.ts";
import { operatorProcedure, router, viewerProcedure } from "../trpc.ts";

const PAGE = 100;
/** How long a page may be searched for, ms. */
const PAGE_MS = 1_000;

const id = z.uuid();
const state = z.enum(DELIVERY_STATES);
const filter = z.strictObject({ routeId: id, state: state.optional(), error: deliveryErrorCode.optional() });
const waiting = filter.extend({ state: z.enum(["pending", "retrying"]) });
/** One, or all of a route that wait in a state and were counted up to `asOf`. */
const which = z.union([z.strictObject({ id }), waiting.extend({ asOf: z.int().min(0) })]);

export const deliveriesRouter = router({
  /** A page, newest first; `next` goes into the following request's `before`. */
  list: viewerProcedure
    .input(filter.extend({ before: z.int().min(0).optional() }))
    .query(async ({ ctx, input: { before, ...chosen } }) => isoTimes(await listDeliveries(ctx.db, chosen, { before: before ?? null, limit: PAGE, budgetMs: PAGE_MS }))),

  get: viewerProcedure.input(id).query(({ ctx, input }) => deliveryDetail(ctx.db, input)),
  ofMessage: viewerProcedure.input(id).query(({ ctx, input }) => messageDeliveries(ctx.db, input)),
  content: viewerProcedure.input(id).query(({ ctx, input }) => deliveryContent(ctx.db, input)),

  /** What an order over all that wait in a state would act on: how many, and the newest position counted. */
  preview: operatorProcedure.input(waiting).query(({ ctx, input }) => countChosen(ctx.db, input)),
  retryNow: operatorProcedure.input(which).mutation(({ ctx, input }) => steerDeliveries(ctx.db, ctx.sql, ctx.actor, { which: input, act: "retry_now" })),
  giveUp: operatorProcedure
    .input(z.strictObject({ which, reason: z.string().trim().min(1).max(500) }))
    .mutation(({ ctx, input }) => steerDeliveries(ctx.db, ctx.sql, ctx.actor, { ...input, act: "give_up" })),
});
