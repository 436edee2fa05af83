import { z } from "zod";
import { grantableRole, invitation, password } from "#core/people.ts";
import { listPeople } from "#db/queries/people.ts";
import { isoTimes } from "../iso-times.ts";
import { changeRole, disablePerson, enablePerson, invitePerson, resetLink } from "../services/people.ts";
import { changePassword } from "../services/set-password.ts";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

const person = z.strictObject({ id: z.string().min(1).max(64) });

export const peopleRouter = router({
  me: viewerProcedure.query(({ ctx }) => ctx.actor),

  changePassword: viewerProcedure
    .input(z.strictObject({ current: z.string().max(1024), next: password }))
    .mutation(({ ctx, input }) => changePassword(ctx.db, ctx.actor, ctx.sessionId, input)),

  list: adminProcedure.query(async ({ ctx }) => isoTimes(await listPeople(ctx.db))),
  invite: adminProcedure.input(invitation).mutation(({ ctx, input }) => invitePerson(ctx.db, ctx.actor, input)),
  changeRole: adminProcedure
    .input(person.extend({ role: grantableRole }))
    .mutation(({ ctx, input }) => changeRole(ctx.db, ctx.actor, input.id, input.role)),
  disable: adminProcedure.input(person).mutation(({ ctx, input }) => disablePerson(ctx.db, ctx.actor, input.id)),
  enable: adminProcedure.input(person).mutation(({ ctx, input }) => enablePerson(ctx.db, ctx.actor, input.id)),
  resetLink: adminProcedure.input(person).mutation(({ ctx, input }) => resetLink(ctx.db, ctx.actor, input.id)),
});
