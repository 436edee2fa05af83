import { eq, max } from "drizzle-orm";
import type { Tx } from "../client.ts";
import { bodies, deaths, revisions } from "../schema/index.ts";

type NewRevision = {
  readonly messageId: string;
  readonly deathId: string;
  readonly body: Buffer;
  /** JSON text: Header[]. */
  readonly headers: string;
  readonly authorId: string;
  readonly author: string;
  readonly reason: string;
};

/** Stores an edit beside the original. Null when the death is not one of this message's. */
export async function insertRevision(tx: Tx, { body, ...edit }: NewRevision): Promise<string | null> {
  const [death] = await tx.select({ messageId: deaths.messageId }).from(deaths).where(eq(deaths.id, edit.deathId));
  if (death?.messageId !== edit.messageId) return null;
  const bodyId = crypto.randomUUID();
  await tx.insert(bodies).values({ id: bodyId, bytes: body });
  const [last] = await tx
    .select({ number: max(revisions.number) })
    .from(revisions)
    .where(eq(revisions.messageId, edit.messageId));
  const [row] = await tx
    .insert(revisions)
    .values({ ...edit, bodyId, number: (last?.number ?? 0) + 1 })
    .returning({ id: revisions.id });
  return row?.id ?? null;
}
