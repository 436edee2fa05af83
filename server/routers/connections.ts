import { z } from "zod";
import { BROKER_KINDS, type BrokerKind } from "#core/brokers/index.ts";
import { Failure } from "#core/failure.ts";
import { getCommand } from "#db/queries/commands-web.ts";
import { getConnection, listConnections } from "#db/queries/connections-web.ts";
import { isoTimes } from "../iso-times.ts";
import { askAbout, probeConnection } from "../services/ask-workers.ts";
import { removeConnection } from "../services/remove-connection.ts";
import { changeConnection, createConnection } from "../services/save-connection.ts";
import { adminProcedure, operatorProcedure, router, viewerProcedure } from "../trpc.ts";

const id = z.uuid();
const name = z.string().trim().min(1).max(100);
const kind = z.enum(BROKER_KINDS as [BrokerKind, ...BrokerKind[]]);
const fields = z.record(z.string().max(64), z.union([z.string().max(10_000), z.number(), z.boolean()]));

export const connectionsRouter = router({
  list: viewerProcedure.query(async ({ ctx }) => isoTimes(await listConnections(ctx.db))),

  get: adminProcedure.input(id).query(async ({ ctx, input }) => {
    const connection = await getConnection(ctx.db, input);
    if (connection === null) throw new Failure("not_found", "There is no such connection.", "id");
    return isoTimes(connection);
  }),

  create: adminProcedure
    .input(z.strictObject({ name, kind, settings: fields, secrets: fields }))
    .mutation(({ ctx, input }) => createConnection(ctx.db, ctx.sql, ctx.actor, input)),
  update: adminProcedure
    .input(z.strictObject({ id, name, settings: fields, secrets: fields.optional() }))
    .mutation(({ ctx, input }) => changeConnection(ctx.db, ctx.sql, ctx.actor, input)),
  remove: adminProcedure.input(id).mutation(({ ctx, input }) => removeConnection(ctx.db, ctx.sql, ctx.actor, input)),

  probe: adminProcedure
    .input(z.strictObject({ kind, settings: fields, secrets: fields.optional(), id: id.optional() }))
    .mutation(({ ctx, input }) => probeConnection(ctx.db, ctx.sql, ctx.actor, input)),
  discover: operatorProcedure.input(id).mutation(({ ctx, input }) => askAbout(ctx.db, ctx.sql, ctx.actor, "discover", input)),
  measure: operatorProcedure.input(id).mutation(({ ctx, input }) => askAbout(ctx.db, ctx.sql, ctx.actor, "measure", input)),

  /** How far a probe, discover or measure has come. */
  command: operatorProcedure.input(id).query(async ({ ctx, input }) => {
    const command = await getCommand(ctx.db, input);
    if (command === null) throw new Failure("not_found", "There is no such command.", "id");
    return isoTimes(command);
  }),
});
