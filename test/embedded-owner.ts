// A process that owns an embedded PostgreSQL, to be killed by tests: node embedded-owner.ts <dataDir> <sharedDir> [uid]
import { startEmbedded } from "#db/embedded/index.ts";

const [dataDir = "", sharedDir = "", uid] = process.argv.slice(2);
if (uid !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
const lines: string[] = [];
const server = await startEmbedded({ dataDir, sharedDir, log: (line) => lines.push(line) });
process.stdout.write(`${JSON.stringify({ url: server.url, port: server.port, root: server.root, lines })}\n`);
setInterval(() => undefined, 60_000);
