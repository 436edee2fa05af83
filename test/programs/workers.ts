// Stands in for the workers under the supervisor: node workers.ts <databaseUrl> [stubborn]
import { randomUUID } from "node:crypto";
import postgres from "postgres";

const [databaseUrl = "", mode] = process.argv.slice(2);
const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
await sql`insert into workers (id, host, pid, version) values (${randomUUID()}, 'test', ${process.pid}, 'test')`;
if (mode === "stubborn") process.on("SIGTERM", () => process.stdout.write("not now\n"));
setInterval(() => void sql`update workers set beat_at = now() where pid = ${process.pid}`.catch(() => undefined), 1_000);
