import { Failure } from "#core/failure.ts";
import type { Db, Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { deleteConnection, sourcesWithMessages } from "#db/queries/connections-web.ts";
import { routesOfConnection } from "#db/queries/routes-web.ts";
import { violates } from "#db/violation.ts";
import type { Actor } from "../context.ts";
import { editable } from "./save-connection.ts";

/** Removes a connection with its queues and empty sources. Throws Failure `conflict` while messages came from it. */
export async function removeConnection(db: Db, sql: Sql, actor: Actor, id: string): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      const connection = await editable(tx, id);
      const routed = await routesOfConnection(tx, id);
      if (routed.length > 0) throw new Failure("conflict", `${connection.name} can not be removed: the ${routed.length === 1 ? "route" : "routes"} ${listed(routed)} need it. Remove or change them first.`);
      const holding = await sourcesWithMessages(tx, id);
      if (holding.length > 0) throw stillHolding(connection.name, holding);
      await deleteConnection(tx, id);
      await appendAudit(tx, {
        actorId: actor.id,
        actor: actor.name,
        act: "connection.remove",
        subject: id,
        detail: { name: connection.name, kind: connection.kind },
      });
    });
  } catch (error) {
    // a worker stored a message between our look and our delete
    throw violates(error, "foreignKey") ? new Failure("conflict", "A message was captured just now. Nothing was removed.") : error;
  }
  await notify(sql, ["connections", "queues", "sources", "groups"]);
}

function stillHolding(name: string, sources: readonly string[]): Failure {
  return new Failure(
    "conflict",
    `${name} can not be removed: Redrive holds messages captured from ${listed(sources)}, and without the connection they could not be resent.`,
  );
}

/** At most three names, and how many more there are. */
const listed = (names: readonly string[]): string => `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
