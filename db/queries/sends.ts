import type { BrokerKind } from "#core/brokers/index.ts";
import type { FaultCode } from "#core/fault.ts";
import { sourcesOf } from "#core/message/state.ts";
import type { AnySql, Sql } from "../client.ts";
import { notify } from "../listen.ts";
import { resolveDelivered } from "./deliveries-resolved.ts";

/** A resend that may be worked on now. */
export type OpenResend = {
  readonly id: string;
  /** JSON text: Destination. */
  readonly destination: string;
  readonly revisionId: string | null;
  readonly rate: number | null;
};

/** A queued message with everything its publish needs. */
export type QueuedMessage = {
  readonly id: string;
  readonly redrives: number;
  readonly rule: string;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly connectionKind: BrokerKind;
  readonly sourceName: string;
  /** The route that gave it up; null for what was captured as a dead letter. */
  readonly routeId: string | null;
  readonly route: string | null;
  /** JSON text: Header[]; of the revision when there is one. */
  readonly headers: string;
  /** JSON text: Native. */
  readonly native: string;
  readonly body: Buffer;
  readonly edited: boolean;
};

/** Connections with queued messages of running resends: their sessions are opened before anything is claimed. */
export async function connectionsToSend(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select connections.id from connections where exists (
      select 1 from operations join messages on messages.operation_id = operations.id and messages.state = 'queued'
      where operations.state = 'running' and operations.next_at <= now() and messages.connection_id = connections.id)`;
  return rows.map((row) => row.id);
}

/** The running resend that waited longest and has messages for one of `connectionIds`; locked until the end of `tx`. */
export async function nextResend(tx: AnySql, connectionIds: readonly string[]): Promise<OpenResend | null> {
  const [row] = await tx<OpenResend[]>`
    select id, destination, revision_id as "revisionId", rate from operations
    where state = 'running' and act = 'resend' and next_at <= now() and exists (
      select 1 from messages where operation_id = operations.id and state = 'queued'
        and connection_id = any(${[...connectionIds]}::uuid[]))
    order by next_at limit 1 for update skip locked`;
  return row ?? null;
}

/** Locks the next queued messages of a resend: at most `limit`, and bodies of at most `maxBytes` beyond the first. */
export async function lockQueued(
  tx: AnySql,
  resend: OpenResend,
  { connectionIds, limit, maxBytes }: { connectionIds: readonly string[]; limit: number; maxBytes: number },
): Promise<QueuedMessage[]> {
  return tx<QueuedMessage[]>`
    with next as (
      -- the locked rows as they are now: the rest of the statement would see them as they were when it began
      select id, position, size, redrives, rule, connection_id, source_id, last_death_id from messages
      where operation_id = ${resend.id} and state = 'queued' and connection_id = any(${[...connectionIds]}::uuid[])
      order by position limit ${limit} for update skip locked
    ), sized as (
      select *, sum(size) over (order by position) as bytes, row_number() over (order by position) as place from next
    )
    select sized.id, redrives, rule, connections.id as "connectionId", connections.name as "connectionName",
      connections.kind as "connectionKind", sources.name as "sourceName", routes.id as "routeId", routes.name as route,
      coalesce(revisions.headers, deaths.headers) as headers, deaths.native, bodies.bytes as body,
      revisions.id is not null as edited
    from sized
    join connections on connections.id = sized.connection_id
    join sources on sources.id = sized.source_id
    left join routes on routes.source_id = sources.id
    left join revisions on revisions.id = ${resend.revisionId}::uuid
    join deaths on deaths.id = coalesce(revisions.death_id, sized.last_death_id)
    join bodies on bodies.id = coalesce(revisions.body_id, deaths.body_id)
    where sized.bytes <= ${maxBytes} or sized.place = 1
    order by sized.position`;
}

export type NewAttempt = {
  readonly id: string;
  readonly messageId: string;
  readonly number: number;
  /** JSON text: Place, or null when there is none to be found. */
  readonly target: string | null;
};

/** Writes the attempts down before anything is published, and moves the pace's clock on. */
export async function beginAttempts(
  tx: AnySql,
  resend: OpenResend,
  { attempts, worker, leaseMs }: { attempts: readonly NewAttempt[]; worker: string; leaseMs: number },
): Promise<void> {
  const begun = tx`
    with new as (
      select * from unnest(${attempts.map((a) => a.id)}::uuid[], ${attempts.map((a) => a.messageId)}::uuid[],
        ${attempts.map((a) => a.number)}::int[], ${attempts.map((a) => a.target)}::text[]) as t (id, message_id, number, target)
    ), taken as (
      update messages set state = 'sending', attempt_id = new.id, redrives = new.number, changed_at = now(),
        lease_until = now() + ${leaseMs} * interval '1 millisecond'
      from new where messages.id = new.message_id and messages.state = any(${sourcesOf("worker", "sending")})
    ), noted as (
      update operation_items set attempt_id = new.id from new
      where operation_items.operation_id = ${resend.id} and operation_items.message_id = new.message_id
    )
    insert into attempts (id, message_id, operation_id, revision_id, number, target, worker, started_at)
    select id, message_id, ${resend.id}::uuid, ${resend.revisionId}::uuid, number, target, ${worker}, now() from new`;
  const paceMs = resend.rate === null ? 0 : (attempts.length * 1000) / resend.rate;
  const paced = tx`update operations set next_at = now() + ${paceMs} * interval '1 millisecond' where id = ${resend.id}`;
  await Promise.all([begun, paced]);
}

export type Verdict = {
  readonly attemptId: string;
  readonly messageId: string;
  readonly outcome: "confirmed" | "refused" | "unknown";
  readonly faultCode: FaultCode | null;
  readonly faultDetail: string | null;
  readonly receipt: string | null;
  /** It went through its route: there is a delivery under the attempt's id. */
  readonly routed: boolean;
};

/** Records what became of attempts of one operation, and finishes it when nothing is left. */
export async function settleAttempts(sql: Sql, operationId: string, verdicts: readonly Verdict[]): Promise<void> {
  await sql.begin(async (tx) => {
    // sent together, worked through in this order
    await Promise.all([
      applyVerdicts(tx, operationId, verdicts),
      resolveDelivered(tx, verdicts.filter(({ routed }) => routed).map(({ attemptId }) => attemptId)),
      finishOperation(tx, operationId),
      notify(tx, ["messages", "groups", "operations"]),
    ]);
  });
}

async function applyVerdicts(tx: AnySql, operationId: string, verdicts: readonly Verdict[]): Promise<void> {
  await tx`
    with new as (
      select t.*, case outcome when 'confirmed' then 'resent' when 'refused' then 'dead' else 'in_doubt' end as state
      from unnest(${verdicts.map((v) => v.attemptId)}::uuid[], ${verdicts.map((v) => v.messageId)}::uuid[],
        ${verdicts.map((v) => v.outcome)}::text[], ${verdicts.map((v) => v.faultCode)}::text[],
        ${verdicts.map((v) => v.faultDetail)}::text[], ${verdicts.map((v) => v.receipt)}::text[])
        as t (attempt_id, message_id, outcome, fault_code, fault_detail, receipt)
    ), told as (
      update attempts set outcome = new.outcome, fault_code = new.fault_code, fault_detail = new.fault_detail,
        receipt = new.receipt, finished_at = now()
      from new where attempts.id = new.attempt_id
    ), itemised as (
      update operation_items set outcome = new.outcome, detail = coalesce(new.fault_code || ': ' || new.fault_detail, null),
        settled_at = now()
      from new where operation_items.operation_id = ${operationId} and operation_items.message_id = new.message_id
        and operation_items.attempt_id = new.attempt_id
    ), held as (
      -- the attempt id is the fence: a message that moved on without this attempt is left alone
      select messages.id, messages.state as from_state, messages.source_id, new.*
      from messages join new on messages.id = new.message_id and messages.attempt_id = new.attempt_id
      where (new.state = 'resent' and messages.state = any(${sourcesOf("worker", "resent")}))
        or (new.state = 'dead' and messages.state in ('sending', 'in_doubt'))
        or (new.state = 'in_doubt' and messages.state = any(${sourcesOf("worker", "in_doubt")}))
      order by messages.id for update of messages
    ), moved as (
      update messages set state = held.state, lease_until = null, operation_id = null, changed_at = now(),
        attempt_id = case when held.state = 'in_doubt' then messages.attempt_id end,
        watch_until = case when held.state = 'resent' then now() + sources.watch_seconds * interval '1 second' end
      from held join sources on sources.id = held.source_id
      where messages.id = held.id
    ), counted as (
      insert into source_minutes (source_id, minute, resent)
      select source_id, date_trunc('minute', now()), count(*) from held where state = 'resent' group by source_id
      on conflict (source_id, minute) do update set resent = source_minutes.resent + excluded.resent
    )
    insert into events (message_id, actor, from_state, to_state, cause, operation_id, attempt_id)
    select id, 'worker', from_state, state, outcome, ${operationId}::uuid, attempt_id from held`;
}

async function finishOperation(tx: AnySql, operationId: string): Promise<void> {
  await tx`
    update operations set state = 'finished', finished_at = now()
    where id = ${operationId} and state = 'running' and not exists (
      select 1 from operation_items where operation_id = ${operationId} and outcome = 'waiting')`;
}

/** Attempts whose worker vanished become in doubt. Answers how many. */
export async function doubtExpired(sql: Sql): Promise<number> {
  return sql.begin(async (tx) => {
    const expired = await tx<{ operationId: string }[]>`
      with expired as (
        select id, attempt_id, operation_id from messages
        where state = 'sending' and lease_until < now() order by id limit 1000 for update skip locked
      ), moved as (
        update messages set state = 'in_doubt', lease_until = null, operation_id = null, changed_at = now()
        from expired where messages.id = expired.id
      ), told as (
        update attempts set outcome = 'unknown', fault_code = 'timeout', finished_at = now(),
          fault_detail = 'the worker vanished between publish and verdict'
        from expired where attempts.id = expired.attempt_id and attempts.outcome is null
      ), itemised as (
        update operation_items set outcome = 'unknown', settled_at = now(),
          detail = 'the worker vanished between publish and verdict'
        from expired where operation_items.operation_id = expired.operation_id
          and operation_items.message_id = expired.id and operation_items.outcome = 'waiting'
      ), logged as (
        insert into events (message_id, actor, from_state, to_state, cause, operation_id, attempt_id)
        select id, 'worker', 'sending', 'in_doubt', 'lease_expired', operation_id, attempt_id from expired
      )
      select operation_id as "operationId" from expired`;
    for (const id of new Set(expired.map((row) => row.operationId))) await finishOperation(tx, id);
    if (expired.length > 0) await notify(tx, ["messages", "groups", "operations"]);
    return expired.length;
  }) as Promise<number>;
}

/** Resent messages that did not come back within their window are resolved. Answers how many. */
export async function resolveWatched(sql: Sql): Promise<number> {
  return sql.begin(async (tx) => {
    const resolved = await tx`
      with ended as (
        select id from messages where state = 'resent' and watch_until < now()
        order by id limit 1000 for update skip locked
      ), moved as (
        update messages set state = 'resolved', watch_until = null, changed_at = now()
        from ended where messages.id = ended.id
      )
      insert into events (message_id, actor, from_state, to_state, cause)
      select id, 'worker', 'resent', 'resolved', 'watched' from ended returning 1`;
    if (resolved.length > 0) await notify(tx, ["messages", "groups"]);
    return resolved.length;
  }) as Promise<number>;
}

/** Finishes resends that were paused over their end, or whose last message another verdict settled. */
export async function finishEmptyResends(sql: Sql): Promise<void> {
  await sql`
    update operations set state = 'finished', finished_at = now()
    where state = 'running' and act = 'resend' and not exists (
      select 1 from operation_items where operation_id = operations.id and outcome = 'waiting')`;
}
