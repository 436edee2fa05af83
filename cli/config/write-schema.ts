import { writeFileSync } from "node:fs";
import { BROKERS_FILE, brokersPage } from "./brokers-page.ts";
import { SCHEMA_FILE, schemaText } from "./json-schema.ts";

writeFileSync(SCHEMA_FILE, schemaText());
writeFileSync(BROKERS_FILE, brokersPage());
