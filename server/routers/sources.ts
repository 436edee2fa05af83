import { z } from "zod";
import { listNotices, listSources } from "#db/queries/sources-web.ts";
import { isoTimes } from "../iso-times.ts";
import { captureQueue } from "../services/capture-queue.ts";
import { steerSource } from "../services/steer-source.ts";
import { adminProcedure, operatorProcedure, router, viewerProcedure } from "../trpc.ts";

const id = z.uuid();
const watchSeconds = z.number().int().min(5).max(7 * 86_400);

export const sourcesRouter = router({
  list: viewerProcedure
    .input(z.strictObject({ connection: id.optional() }).default({}))
    .query(async ({ ctx, input }) => isoTimes(await listSources(ctx.db, input.connection ?? null))),

  notices: viewerProcedure.input(id).query(async ({ ctx, input }) => isoTimes(await listNotices(ctx.db, input))),

  capture: adminProcedure
    .input(z.strictObject({ queueId: id, consent: z.boolean(), watchSeconds: watchSeconds.default(300) }))
    .mutation(({ ctx, input }) => captureQueue(ctx.db, ctx.sql, ctx.actor, input)),

  pause: operatorProcedure.input(id).mutation(({ ctx, input }) => steerSource(ctx.db, ctx.sql, ctx.actor, { id: input, to: "pause" })),
  resume: operatorProcedure.input(id).mutation(({ ctx, input }) => steerSource(ctx.db, ctx.sql, ctx.actor, { id: input, to: "resume" })),
  setWatch: operatorProcedure
    .input(z.strictObject({ id, watchSeconds }))
    .mutation(({ ctx, input }) => steerSource(ctx.db, ctx.sql, ctx.actor, { ...input, to: "watch" })),
});
