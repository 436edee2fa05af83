import { auditQuery } from "#core/audit.ts";
import { auditActors, auditActs } from "#db/queries/audit.ts";
import { auditPage } from "../services/audit-page.ts";
import { operatorProcedure, router } from "../trpc.ts";

export const auditRouter = router({
  list: operatorProcedure.input(auditQuery).query(({ ctx, input }) => auditPage(ctx.db, input)),

  /** What the log can be filtered by. */
  choices: operatorProcedure.query(async ({ ctx }) => {
    const [acts, actors] = await Promise.all([auditActs(ctx.db), auditActors(ctx.db)]);
    return { acts, actors };
  }),
});
