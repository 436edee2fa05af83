import { manifests } from "#core/brokers/index.ts";
import { Failure } from "#core/failure.ts";
import type { Db, Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { queueToCapture } from "#db/queries/queues-web.ts";
import { insertSource } from "#db/queries/sources-web.ts";
import type { Actor } from "../context.ts";

export type CaptureOrder = {
  readonly queueId: string;
  /** The person has read that capturing empties the queue, and agrees. */
  readonly consent: boolean;
  readonly watchSeconds: number;
};

/**
 * Makes a queue a source; workers begin to capture soon after. Answers the source's id.
 * Throws Failure `invalid` without the consent a taken queue needs, `conflict` when it is a source already.
 */
export async function captureQueue(db: Db, sql: Sql, actor: Actor, order: CaptureOrder): Promise<{ id: string }> {
  const id = await db.transaction(async (tx) => {
    const queue = await queueToCapture(tx, order.queueId);
    if (queue === null) throw new Failure("not_found", "There is no such queue.", "queueId");
    if (queue.goneAt !== null) throw new Failure("conflict", `${queue.connection} no longer shows ${queue.name}.`, "queueId");
    const taken = queue.custody === "taken";
    if (taken && !order.consent)
      throw new Failure("invalid", `Capturing empties ${queue.name}; Redrive then holds the only copy. Agree to that first.`, "consent");
    if (!manifests[queue.kind].source.safeParse(JSON.parse(queue.source)).success)
      throw new Failure("conflict", `What is known of ${queue.name} is out of date; list the queues again.`, "queueId");
    const sourceId = await insertSource(tx, {
      connectionId: queue.connectionId,
      name: queue.name,
      source: queue.source,
      custody: queue.custody,
      consentBy: taken ? actor.name : null,
      watchSeconds: order.watchSeconds,
    });
    if (sourceId === null)
      throw new Failure("conflict", queue.route === null ? `${queue.name} is captured already.` : `${queue.name} is taken by the route ${queue.route} already.`, "queueId");
    await appendAudit(tx, {
      actorId: actor.id,
      actor: actor.name,
      act: "source.capture",
      subject: sourceId,
      detail: { connection: queue.connection, queue: queue.name, custody: queue.custody, consent: taken },
    });
    return sourceId;
  });
  await notify(sql, ["sources", "queues"]);
  return { id };
}
