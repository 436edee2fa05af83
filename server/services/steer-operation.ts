import { Failure } from "#core/failure.ts";
import type { Db, Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { callBackQueued, getOperation, moveOperation, setRate } from "#db/queries/operations.ts";
import type { OperationState } from "#db/schema/index.ts";
import type { Actor } from "../context.ts";

export type Steer = { readonly id: string } & (
  | { readonly to: "pause" | "resume" | "cancel" }
  | { readonly to: "rate"; readonly rate: number | null }
);

const MOVES: Record<"pause" | "resume" | "cancel", { from: OperationState[]; to: OperationState }> = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  cancel: { from: ["running", "paused"], to: "cancelled" },
};

/** Pauses, resumes, cancels or paces an operation. What a worker has already taken is finished, not undone. */
export async function steerOperation(db: Db, sql: Sql, actor: Actor, steer: Steer): Promise<void> {
  await db.transaction(async (tx) => {
    const operation = await getOperation(tx, steer.id);
    if (operation === null) throw new Failure("not_found", "There is no such operation.", "id");
    if (steer.to === "rate") await setRate(tx, steer.id, steer.rate);
    else {
      const { from, to } = MOVES[steer.to];
      if (!(await moveOperation(tx, steer.id, from, to)))
        throw new Failure("conflict", `The operation is ${operation.state}; it can not be moved to ${to}.`);
      if (steer.to === "cancel") await callBackQueued(tx, steer.id, actor.name);
    }
    await appendAudit(tx, {
      actorId: actor.id,
      actor: actor.name,
      act: `operation.${steer.to}`,
      subject: steer.id,
      detail: steer.to === "rate" ? { rate: steer.rate } : {},
    });
  });
  await notify(sql, ["operations", "messages", "groups"]);
}
