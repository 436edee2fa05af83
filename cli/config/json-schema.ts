import { join } from "node:path";
import { z } from "zod";
import { editorSchema } from "#core/config/schema.ts";
import { ROOT } from "../env.ts";

export const SCHEMA_FILE = join(ROOT, "docs/redrive.schema.json");

/** The text of docs/redrive.schema.json, with which editors complete and check redrive.yaml. */
export function schemaText(): string {
  const schema = z.toJSONSchema(editorSchema, { io: "input", target: "draft-7" });
  return `${JSON.stringify({ ...schema, title: "redrive.yaml", description: "Connections, sources and routes of a Redrive installation." }, null, 2)}\n`;
}
