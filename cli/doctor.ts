import { connect } from "node:net";
import { statfs } from "node:fs/promises";
import postgres from "postgres";
import { isFree } from "#db/embedded/index.ts";
import { checkConfig } from "./config/check.ts";
import type { CliEnv } from "./env.ts";

const OLDEST_POSTGRES = 150_000;
const LOW_DISK_BYTES = 2 * 1024 ** 3;
/** Default ports, to say which brokers the demo will find. */
const BROKERS: Readonly<Record<string, number>> = { RabbitMQ: 5672, Kafka: 9092, Redis: 6379, NATS: 4222, RocketMQ: 8081, PostgreSQL: 5432 };

/** Prints what this machine offers; `true` when nothing stands in the way of a start. */
export async function doctor(env: CliEnv, root: string, say: (line: string) => void): Promise<boolean> {
  let healthy = true;
  const tell = (ok: boolean, line: string): void => {
    healthy &&= ok;
    say(`${ok ? "ok  " : "BAD "} ${line}`);
  };
  tell(true, `Node ${process.version}, ${process.platform} ${process.arch}`);
  const disk = await statfs(root);
  const free = disk.bavail * disk.bsize;
  tell(free > LOW_DISK_BYTES, `${(free / 1024 ** 3).toFixed(1)} GB free on the disk`);
  const database = await databaseHealth(env.databaseUrl);
  tell(database.ok, database.line);
  const port = await isFree(env.port, env.host);
  tell(true, port ? `port ${env.port} is free for the web` : `port ${env.port} is taken: the web will use another one`);
  healthy = checkConfig(env, say, { mayBeAbsent: true }).fine && healthy;
  for (const [name, brokerPort] of Object.entries(BROKERS)) {
    if (await listens(brokerPort)) tell(true, `something listens on ${name}'s port ${brokerPort} here`);
  }
  return healthy;
}

async function databaseHealth(url: string | undefined): Promise<{ ok: boolean; line: string }> {
  if (url === undefined) return { ok: true, line: "DATABASE_URL is not set: the embedded PostgreSQL will be used" };
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    const [row] = await sql`select current_setting('server_version_num')::int as number, current_setting('server_version') as version`;
    const ok = Number(row?.number) >= OLDEST_POSTGRES;
    return { ok, line: `PostgreSQL ${String(row?.version)} at DATABASE_URL${ok ? "" : "; Redrive needs 15 or newer"}` };
  } catch (error) {
    // Only the code: the message of a failed connection may repeat the address.
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
    return { ok: false, line: `DATABASE_URL cannot be used (${code}): is the server up, is the login right?` };
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 500 });
    const tell = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => tell(true)).once("error", () => tell(false)).once("timeout", () => tell(false));
  });
