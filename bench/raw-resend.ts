import type { ConfirmChannel } from "amqplib";
import type { Sql } from "#db/client.ts";
import { publishOptions } from "./messages.ts";

/** Milliseconds of each step. */
export type Steps = { readonly order: number; readonly claim: number; readonly publish: number; readonly settle: number };

/**
 * A resend with everything left out that is not a write: three statements, each its own commit, around one publish with
 * confirm. Nothing is read, checked, locked, fenced, watched, notified or handed from process to process.
 */
export async function rawResend(
  sql: Sql,
  channel: ConfirmChannel,
  message: { readonly id: string; readonly n: number; readonly body: Buffer },
  target: string,
): Promise<Steps> {
  const [operationId, attemptId] = [crypto.randomUUID(), crypto.randomUUID()];
  const order = await timed(() => writeOrder(sql, operationId, message.id));
  const claim = await timed(() => writeClaim(sql, operationId, attemptId, message.id, target));
  const publish = await timed(async () => {
    channel.publish("", target, message.body, { ...publishOptions(message.n, target), mandatory: true });
    await channel.waitForConfirms();
  });
  const settle = await timed(() => writeVerdict(sql, operationId, attemptId, message.id));
  return { order, claim, publish, settle };
}

async function timed(step: () => PromiseLike<unknown>): Promise<number> {
  const began = performance.now();
  await step();
  return performance.now() - began;
}

const writeOrder = (sql: Sql, operationId: string, id: string) => sql`
  with ordered as (
    insert into operations (id, act, state, actor_id, actor, destination, selection, total, request_id)
    values (${operationId}, 'resend', 'paused', 'bench', 'Bench', '{"to":"failed_queue"}', '{}', 1, ${operationId})
  ), item as (
    insert into operation_items (operation_id, message_id, outcome) values (${operationId}, ${id}, 'waiting')
  ), told as (
    insert into events (message_id, actor, from_state, to_state, cause, operation_id)
    values (${id}, 'Bench', 'dead', 'queued', 'ordered', ${operationId})
  ), noted as (
    insert into audit (actor_id, actor, act, subject, detail) values ('bench', 'Bench', 'message.resend', ${operationId}, '{}')
  )
  update messages set state = 'queued', operation_id = ${operationId}, changed_at = now() where id = ${id}`;

const writeClaim = (sql: Sql, operationId: string, attemptId: string, id: string, target: string) => sql`
  with begun as (
    insert into attempts (id, message_id, operation_id, number, target, worker, started_at)
    values (${attemptId}, ${id}, ${operationId}, 1, ${JSON.stringify({ kind: "rabbitmq", exchange: "", routingKey: target })}, 'bench', now())
  ), noted as (
    update operation_items set attempt_id = ${attemptId} where operation_id = ${operationId} and message_id = ${id}
  )
  update messages set state = 'sending', attempt_id = ${attemptId}, redrives = 1, lease_until = now() + interval '14 seconds', changed_at = now()
  where id = ${id}`;

const writeVerdict = (sql: Sql, operationId: string, attemptId: string, id: string) => sql`
  with told as (
    update attempts set outcome = 'confirmed', finished_at = now() where id = ${attemptId}
  ), itemised as (
    update operation_items set outcome = 'confirmed', settled_at = now() where operation_id = ${operationId} and message_id = ${id}
  ), finished as (
    update operations set state = 'finished', finished_at = now() where id = ${operationId}
  ), logged as (
    insert into events (message_id, actor, from_state, to_state, cause, operation_id, attempt_id)
    values (${id}, 'worker', 'sending', 'resent', 'confirmed', ${operationId}, ${attemptId})
  )
  update messages set state = 'resent', attempt_id = null, lease_until = null, operation_id = null,
    watch_until = now() + interval '1 hour', changed_at = now()
  where id = ${id}`;
