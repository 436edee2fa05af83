import { z } from "zod";
import { auditActors, auditActs, listAudit } from "#db/queries/audit.ts";
import { operatorProcedure, router } from "../trpc.ts";

const PAGE = 100;

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const page = z.strictObject({
  act: z.string().max(80).optional(),
  actorId: z.string().max(64).optional(),
  from: moment.optional(),
  to: moment.optional(),
  /** The id of the last entry of the page before. */
  before: z.number().int().positive().optional(),
});

export const auditRouter = router({
  list: operatorProcedure.input(page).query(async ({ ctx, input: { before = null, ...filter } }) => {
    const entries = await listAudit(ctx.db, filter, { before, limit: PAGE + 1 });
    const items = entries.slice(0, PAGE);
    return { items, next: entries.length > PAGE ? (items.at(-1)?.id ?? null) : null };
  }),

  /** What the log can be filtered by. */
  choices: operatorProcedure.query(async ({ ctx }) => {
    const [acts, actors] = await Promise.all([auditActs(ctx.db), auditActors(ctx.db)]);
    return { acts, actors };
  }),
});
