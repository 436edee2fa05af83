import { environment } from "#core/environment.ts";
import { readAbout } from "../services/about.ts";
import { changeEnvironment, readEnvironment } from "../services/environment.ts";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const environmentRouter = router({
  get: viewerProcedure.query(({ ctx }) => readEnvironment(ctx.db)),
  about: viewerProcedure.query(({ ctx }) => readAbout(ctx.db)),
  change: adminProcedure.input(environment).mutation(({ ctx, input }) => changeEnvironment(ctx.db, ctx.actor, input)),
});
