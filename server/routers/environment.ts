import { environment } from "#core/environment.ts";
import { changeEnvironment, readEnvironment } from "../services/environment.ts";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const environmentRouter = router({
  get: viewerProcedure.query(({ ctx }) => readEnvironment(ctx.db)),
  change: adminProcedure.input(environment).mutation(({ ctx, input }) => changeEnvironment(ctx.db, ctx.actor, input)),
});
