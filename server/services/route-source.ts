import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import type { Custody } from "#core/brokers/manifest.ts";
import { sourceName } from "#core/brokers/source-name.ts";
import { custodyOf } from "#core/config/custody.ts";
import { Failure } from "#core/failure.ts";
import type { RouteToCreate } from "#core/route/save.ts";
import type { Tx } from "#db/client.ts";
import { queueToCapture } from "#db/queries/queues-web.ts";
import { connectionNames, holdsCaptured, sourceToRoute, takeSource } from "#db/queries/routes-web.ts";
import { insertSource } from "#db/queries/sources-web.ts";
import type { Actor } from "../context.ts";

/** The queue that a new route is to read. */
type Wanted = { readonly connectionId: string; readonly kind: BrokerKind; readonly name: string; readonly source: string; readonly custody: Custody };

const FIELD = "source";
const WATCH_SECONDS = 300;
/** What a person has to agree to. */
const ASKED = {
  taken: (name: string) => `A route empties ${name}; Redrive then holds the only copy.`,
  heard: (name: string) => `NATS keeps nothing of ${name}; what is sent while no worker listens is lost, and of what was heard Redrive holds the only copy.`,
} as const;

async function wanted(tx: Tx, source: RouteToCreate["source"]): Promise<Wanted> {
  if (source.from === "queue") {
    const queue = await queueToCapture(tx, source.queueId);
    if (queue === null) throw new Failure("not_found", "There is no such queue.", FIELD);
    if (queue.goneAt !== null) throw new Failure("conflict", `${queue.connection} no longer shows ${queue.name}.`, FIELD);
    if (!manifests[queue.kind].source.safeParse(JSON.parse(queue.source)).success)
      throw new Failure("conflict", `What is known of ${queue.name} is out of date; list the queues again.`, FIELD);
    return queue;
  }
  const connection = (await connectionNames(tx)).get(source.connectionId);
  if (connection === undefined) throw new Failure("not_found", "There is no such connection.", FIELD);
  const read = manifests[connection.kind].source.safeParse(source.source);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Failure("invalid", `${issue?.path.join(".") || "The source"}: ${issue?.message ?? "is not valid"}`, [FIELD, ...(issue?.path ?? [])].join("."));
  }
  const { kind } = connection;
  const typed = { connectionId: source.connectionId, kind, name: sourceName(kind, read.data as never), source: JSON.stringify(read.data) };
  return { ...typed, custody: custodyOf(kind, read.data as never) };
}

/**
 * Makes the source of a new route, which is read from the commit on: a new one, or that of a route that was removed. Answers
 * its id, name and consent. Throws Failure without the consent a taken queue needs, and where something reads the queue.
 */
export async function sourceForRoute(tx: Tx, actor: Actor, { source, consent }: Pick<RouteToCreate, "source" | "consent">) {
  const queue = await wanted(tx, source);
  const asked = queue.custody === "copied" ? null : ASKED[queue.custody](queue.name);
  if (asked !== null && !consent) throw new Failure("invalid", `${asked} Agree to that first.`, "consent");
  const consentBy = asked === null ? null : actor.name;
  const { name, connectionId } = queue;
  const answer = { name, connectionId, source: queue.source, consent: asked !== null };
  const inserted = await insertSource(tx, { connectionId, name, source: queue.source, custody: queue.custody, consentBy, watchSeconds: WATCH_SECONDS });
  if (inserted !== null) return { ...answer, id: inserted };
  const there = await sourceToRoute(tx, queue.connectionId, queue.name);
  if (there === null) throw new Failure("conflict", `${queue.name} was changed just now. Try again.`, FIELD);
  if (there.route !== null) throw new Failure("conflict", `${queue.name} is taken by the route ${there.route} already.`, FIELD);
  if (there.managedBy === "file") throw new Failure("conflict", `${queue.name} is a source of redrive.yaml; take it out there first.`, FIELD);
  if (there.capturing) throw new Failure("conflict", `${queue.name} is captured as a source of dead letters already; pause and clear it first.`, FIELD);
  if (await holdsCaptured(tx, there.id))
    throw new Failure("conflict", `Redrive holds dead letters captured from ${queue.name}, which would be mixed up with the route's. Let the route read another queue.`, FIELD);
  await takeSource(tx, there.id, { source: queue.source, consentBy });
  return { ...answer, id: there.id };
}
