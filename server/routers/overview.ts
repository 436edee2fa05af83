import { countStates, flowPerMinute, placesHealth } from "#db/queries/overview.ts";
import { uncapturedQueues } from "#db/queries/queues-web.ts";
import { workerHealth } from "#db/queries/workers-web.ts";
import { router, viewerProcedure } from "../trpc.ts";

const FEW = 5;

export const overviewRouter = router({
  counters: viewerProcedure.query(({ ctx }) => countStates(ctx.db)),
  flow: viewerProcedure.query(({ ctx }) => flowPerMinute(ctx.db)),
  places: viewerProcedure.query(({ ctx }) => placesHealth(ctx.db)),
  workers: viewerProcedure.query(({ ctx }) => workerHealth(ctx.db)),
  uncaptured: viewerProcedure.query(({ ctx }) => uncapturedQueues(ctx.db, FEW)),
});
