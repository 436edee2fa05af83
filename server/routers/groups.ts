import { z } from "zod";
import { newestDead } from "#db/queries/group-detail.ts";
import { listGroups } from "#db/queries/groups-web.ts";
import { isoTimes } from "../iso-times.ts";
import { describeGroup } from "../services/describe-group.ts";
import { operatorProcedure, router, viewerProcedure } from "../trpc.ts";

const id = z.uuid();
const span = z.enum(["1h", "24h"]).default("24h");
const cursor = z.strictObject({ lastSeenAt: z.iso.datetime().transform((text) => new Date(text)), id });
/** How many messages go first when an operator tries a fix out. */
const CANARY = 10;

export const groupsRouter = router({
  list: viewerProcedure
    .input(
      z.strictObject({
        connection: id.optional(),
        source: id.optional(),
        q: z.string().trim().min(1).max(200).optional(),
        settled: z.boolean().optional(),
        sort: z.enum(["last_seen", "open"]).default("last_seen"),
        limit: z.number().int().min(1).max(100).default(50),
        span,
        cursor: cursor.nullish(),
        // sent along by infinite queries
        direction: z.string().optional(),
      }),
    )
    .query(async ({ ctx, input: { sort, limit, span: over, cursor: before, ...filter } }) =>
      isoTimes(await listGroups(ctx.db, filter, { sort, limit, span: over, before: before ?? null })),
    ),

  get: viewerProcedure.input(z.strictObject({ id, span })).query(async ({ ctx, input }) => isoTimes(await describeGroup(ctx.db, input.id, input.span))),

  /** The ten newest dead messages of a group. */
  canary: operatorProcedure.input(id).query(({ ctx, input }) => newestDead(ctx.db, input, CANARY)),
});
