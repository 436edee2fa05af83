import { z } from "zod";
import { listQueues, queueTrends } from "#db/queries/queues-web.ts";
import { isoTimes } from "../iso-times.ts";
import { router, viewerProcedure } from "../trpc.ts";

const MAX_ROWS = 1_000;

export const queuesRouter = router({
  /** Every queue of every connection, at most 1,000: beyond that the search narrows it. */
  list: viewerProcedure
    .input(
      z.strictObject({
        connection: z.uuid().optional(),
        deadLetter: z.boolean().optional(),
        q: z.string().trim().min(1).max(200).optional(),
        sort: z.enum(["depth", "name"]).default("depth"),
        limit: z.number().int().min(1).max(MAX_ROWS).default(100),
      }),
    )
    .query(async ({ ctx, input: { sort, limit, ...filter } }) => isoTimes(await listQueues(ctx.db, filter, { sort, limit }))),

  /** The depths of the last hour, a point a minute. */
  trends: viewerProcedure.input(z.array(z.uuid()).max(MAX_ROWS)).query(({ ctx, input }) => queueTrends(ctx.db, input)),
});
