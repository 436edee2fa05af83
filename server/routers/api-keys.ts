import { z } from "zod";
import { listApiKeys } from "#db/queries/api-keys.ts";
import { apiKeyName } from "#core/publication.ts";
import { isoTimes } from "../iso-times.ts";
import { createApiKey, endApiKey } from "../services/api-keys.ts";
import { adminProcedure, router } from "../trpc.ts";

export const apiKeysRouter = router({
  list: adminProcedure.query(async ({ ctx }) => isoTimes(await listApiKeys(ctx.db))),
  create: adminProcedure.input(z.strictObject({ name: apiKeyName })).mutation(({ ctx, input }) => createApiKey(ctx.db, ctx.actor, input.name)),
  revoke: adminProcedure.input(z.strictObject({ id: z.uuid() })).mutation(({ ctx, input }) => endApiKey(ctx.db, ctx.actor, input.id)),
});
