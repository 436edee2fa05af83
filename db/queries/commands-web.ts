import { and, eq, inArray } from "drizzle-orm";
import type { CommandInput, CommandKind } from "#core/commands.ts";
import type { Db, Tx } from "../client.ts";
import { commands } from "../schema/index.ts";

/**
 * Asks the workers for something; answers the command's id. The same wish that still waits or runs is not made
 * twice: its id is the answer.
 */
export async function insertCommand<K extends CommandKind>(
  tx: Db | Tx,
  command: { readonly kind: K; readonly input: CommandInput<K>; readonly requestedBy: string },
): Promise<string> {
  const input = JSON.stringify(command.input);
  const [open] = await tx
    .select({ id: commands.id })
    .from(commands)
    .where(and(inArray(commands.state, ["waiting", "running"]), eq(commands.kind, command.kind), eq(commands.input, input)))
    .limit(1);
  if (open !== undefined) return open.id;
  const [row] = await tx
    .insert(commands)
    .values({ kind: command.kind, input, requestedBy: command.requestedBy })
    .returning({ id: commands.id });
  if (row === undefined) throw new Error("insert without a row");
  return row.id;
}

/** How far a command has come, or null. Its input stays here: sealed secrets are nobody's to see. */
export async function getCommand(db: Db, id: string) {
  const [row] = await db
    .select({
      id: commands.id,
      kind: commands.kind,
      state: commands.state,
      answer: commands.answer,
      faultCode: commands.faultCode,
      faultDetail: commands.faultDetail,
      createdAt: commands.createdAt,
      finishedAt: commands.finishedAt,
    })
    .from(commands)
    .where(eq(commands.id, id));
  return row ?? null;
}
