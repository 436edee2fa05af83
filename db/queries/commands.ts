import type { CommandKind } from "#core/commands.ts";
import type { FaultCode } from "#core/fault.ts";
import type { Sql } from "../client.ts";
import { notify } from "../listen.ts";

export type ClaimedCommand = { readonly id: string; readonly kind: CommandKind; readonly input: string };

/** Takes the oldest command that waits, or whose worker did not answer in time. */
export async function claimCommand(sql: Sql, leaseMs: number): Promise<ClaimedCommand | null> {
  const [row] = await sql<ClaimedCommand[]>`
    with next as (
      select id from commands where state = 'waiting' or (state = 'running' and lease_until < now())
      order by created_at limit 1 for update skip locked
    )
    update commands set state = 'running', lease_until = now() + ${leaseMs} * interval '1 millisecond'
    from next where commands.id = next.id
    returning commands.id, kind, input`;
  return row ?? null;
}

export type CommandAnswer =
  | { readonly ok: true; readonly answer: string }
  | { readonly ok: false; readonly code: FaultCode; readonly detail: string };

/** Answers a command that is still ours. */
export async function answerCommand(sql: Sql, id: string, answer: CommandAnswer): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      update commands set state = ${answer.ok ? "done" : "failed"}, answer = ${answer.ok ? answer.answer : null},
        fault_code = ${answer.ok ? null : answer.code}, fault_detail = ${answer.ok ? null : answer.detail},
        lease_until = null, finished_at = now()
      where id = ${id} and state = 'running'`;
    await notify(tx, ["commands"]);
  });
}
