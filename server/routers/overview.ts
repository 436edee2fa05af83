import { countStates, flowPerMinute, placesHealth } from "#db/queries/overview.ts";
import { uncapturedQueues } from "#db/queries/queues-web.ts";
import { workerHealth } from "#db/queries/workers-web.ts";
import { isoTimes } from "../iso-times.ts";
import { router, viewerProcedure } from "../trpc.ts";

const FEW = 5;

export const overviewRouter = router({
  counters: viewerProcedure.query(async ({ ctx }) => isoTimes(await countStates(ctx.db))),
  flow: viewerProcedure.query(({ ctx }) => flowPerMinute(ctx.db)),
  places: viewerProcedure.query(async ({ ctx }) => isoTimes(await placesHealth(ctx.db))),
  workers: viewerProcedure.query(async ({ ctx }) => isoTimes(await workerHealth(ctx.db))),
  uncaptured: viewerProcedure.query(async ({ ctx }) => isoTimes(await uncapturedQueues(ctx.db, FEW))),
});
