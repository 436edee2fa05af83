import { writeFileSync } from "node:fs";
import { SCHEMA_FILE, schemaText } from "./json-schema.ts";

writeFileSync(SCHEMA_FILE, schemaText());
