import { z } from "zod";
import { Failure } from "#core/failure.ts";
import { order, orderPreview } from "#core/order.ts";
import { getOperation, listItems, listOperations } from "#db/queries/operations.ts";
import { isoTimes } from "../iso-times.ts";
import { orderOperation } from "../services/order-operation.ts";
import { previewOrder } from "../services/preview-order.ts";
import { steerOperation } from "../services/steer-operation.ts";
import { operatorProcedure, router, viewerProcedure } from "../trpc.ts";

const PAGE = 100;
const outcome = z.enum(["waiting", "confirmed", "refused", "unknown", "done", "skipped", "called_back"]);
const id = z.uuid();

export const operationsRouter = router({
  preview: operatorProcedure.input(orderPreview).query(({ ctx, input }) => previewOrder(ctx.db, input.act, input.selection)),

  order: operatorProcedure.input(order).mutation(({ ctx, input }) => orderOperation(ctx.db, ctx.sql, ctx.actor, input)),

  pause: operatorProcedure.input(id).mutation(({ ctx, input }) => steerOperation(ctx.db, ctx.sql, ctx.actor, { id: input, to: "pause" })),
  resume: operatorProcedure.input(id).mutation(({ ctx, input }) => steerOperation(ctx.db, ctx.sql, ctx.actor, { id: input, to: "resume" })),
  cancel: operatorProcedure.input(id).mutation(({ ctx, input }) => steerOperation(ctx.db, ctx.sql, ctx.actor, { id: input, to: "cancel" })),
  setRate: operatorProcedure
    .input(z.strictObject({ id, rate: z.number().int().min(1).max(10_000).nullable() }))
    .mutation(({ ctx, input }) => steerOperation(ctx.db, ctx.sql, ctx.actor, { ...input, to: "rate" })),

  get: viewerProcedure.input(id).query(async ({ ctx, input }) => {
    const operation = await getOperation(ctx.db, input);
    if (operation === null) throw new Failure("not_found", "There is no such operation.", "id");
    return isoTimes(operation);
  }),

  list: viewerProcedure
    .input(z.strictObject({ before: z.iso.datetime().optional() }))
    .query(async ({ ctx, input }) =>
      isoTimes(await listOperations(ctx.db, { before: input.before === undefined ? null : new Date(input.before), limit: PAGE })),
    ),

  items: viewerProcedure
    .input(z.strictObject({ operationId: id, outcome: outcome.optional(), after: id.optional() }))
    .query(async ({ ctx, input }) =>
      isoTimes(await listItems(ctx.db, { operationId: input.operationId, outcome: input.outcome ?? null, after: input.after ?? null, limit: PAGE })),
    ),
});
