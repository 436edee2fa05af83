import { and, desc, eq } from "drizzle-orm";
import type { StoredSchema } from "#core/message/views.ts";
import type { Db, Sql } from "../client.ts";
import { commands, schemas } from "../schema/index.ts";

/** What tells one schema from another: `registry` is the registry's address. */
type SchemaKey = { readonly connectionId: string; readonly registry: string; readonly schemaId: number };

/** Keeps a schema a registry gave. */
export async function storeSchema(sql: Sql, { connectionId, registry, schemaId }: SchemaKey, schema: StoredSchema): Promise<void> {
  await sql`
    insert into schemas (connection_id, registry, schema_id, type, text, "references")
    values (${connectionId}, ${registry}, ${schemaId}, ${schema.type}, ${schema.text}, ${JSON.stringify(schema.references)})
    on conflict do nothing`;
}

/** A schema that was fetched before, or null. */
export async function findSchema(db: Db, { connectionId, registry, schemaId }: SchemaKey): Promise<StoredSchema | null> {
  const [row] = await db
    .select({ type: schemas.type, text: schemas.text, references: schemas.references })
    .from(schemas)
    .where(and(eq(schemas.connectionId, connectionId), eq(schemas.registry, registry), eq(schemas.schemaId, schemaId)));
  return row === undefined ? null : { ...row, references: JSON.parse(row.references) as StoredSchema["references"] };
}

/** How far the last wish for a schema came, or null when nobody wished for it of late. */
export async function lastWish(db: Db, connectionId: string, schemaId: number) {
  const [row] = await db
    .select({ state: commands.state, faultCode: commands.faultCode, faultDetail: commands.faultDetail, createdAt: commands.createdAt })
    .from(commands)
    .where(and(eq(commands.kind, "schema"), eq(commands.input, JSON.stringify({ connectionId, schemaId }))))
    .orderBy(desc(commands.createdAt))
    .limit(1);
  return row ?? null;
}
