import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { eventually } from "../eventually.ts";
import { freePorts } from "./free-port.ts";
import type { Serve } from "./on-demand.ts";

/** How to reach a server of the tests and log in. */
export type NatsAddress = { readonly host: string; readonly port: number; readonly username: string; readonly password: string };

/** A server of one's own. */
export type TestNats = NatsAddress & {
  /** Stops it in order and starts it again on the same port with the same data. */
  restart(): Promise<void>;
  /** kill -9, then start. */
  kill9AndStart(): Promise<void>;
  /** Leaves no process and no file behind. */
  stop(): Promise<void>;
};

const LOGIN = { username: "redrive", password: "s3cret pass" };
/** May not make streams; the rest as the other. */
export const LIMITED = { username: "limited", password: "l1mited" };

const USERS = `authorization {
  users = [
    { user: "${LOGIN.username}", password: "${LOGIN.password}" }
    { user: "${LIMITED.username}", password: "${LIMITED.password}", permissions: { publish: { deny: ["$JS.API.STREAM.CREATE.>"] } } }
  ]
}`;

/**
 * Runs the server until its input names a signal (stop, leave the data) or ends (stop, leave nothing): when the tests
 * die, however they die, the pipe closes and no process or file stays.
 */
const GUARD = `
"$NATS_SERVER" -c "$NATS_FOLDER/nats.conf" >>"$NATS_FOLDER/log" 2>&1 </dev/null & server=$!
read -r word
kill -s "\${word:-KILL}" "$server"
wait "$server"
[ -n "$word" ] || rm -rf "$NATS_FOLDER"
`;

/** Starts a server with a file store. `users` is the part of its configuration that says who may log in, `domain` JetStream's; `jetStream` false leaves subjects only. */
export async function startNats({ users = USERS, domain = "", jetStream = true }: { users?: string; domain?: string; jetStream?: boolean } = {}): Promise<TestNats> {
  const server = findServer();
  if (server === null) throw new Error(NO_SERVER);
  const folder = await mkdtemp(join(tmpdir(), "redrive-nats-"));
  const [port] = (await freePorts(1)) as [number];
  const jetstream = [`store_dir: "${folder}/store"`, "max_mem: 64MB", "max_file: 4GB", ...(domain === "" ? [] : [`domain: ${domain}`])];
  const lines = [`listen: "127.0.0.1:${port}"`, ...(jetStream ? [`jetstream { ${jetstream.join(", ")} }`] : []), "max_payload: 33554432", users];
  await writeFile(join(folder, "nats.conf"), `${lines.join("\n")}\n`);
  const address = { host: "127.0.0.1", port, ...LOGIN };
  let guard = await begin(server, folder, { port, jetStream });
  const again = async (signal: "TERM" | "KILL"): Promise<void> => {
    const gone = once(guard, "exit");
    guard.stdin?.end(`${signal}\n`);
    await gone;
    guard = await begin(server, folder, { port, jetStream });
  };
  return {
    ...address,
    restart: () => again("TERM"),
    kill9AndStart: () => again("KILL"),
    stop: async () => {
      const gone = once(guard, "exit");
      guard.stdin?.end();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Wanted = { readonly port: number; readonly jetStream: boolean };

async function begin(server: string, folder: string, wanted: Wanted): Promise<ChildProcess> {
  const guard = spawn("sh", ["-c", GUARD], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { ...process.env, NATS_SERVER: server, NATS_FOLDER: folder },
  });
  try {
    await eventually(() => answers(wanted), { timeoutMs: 20_000, intervalMs: 50 });
    return guard;
  } catch (error) {
    const log = await readFile(join(folder, "log"), "utf8").catch(() => "");
    guard.stdin?.end();
    throw new Error(`nats-server did not start:\n${log.slice(-2_000)}`, { cause: error });
  }
}

/** A handshake came so far that the server asked who we are, and JetStream is up where it is wanted. */
async function answers({ port, jetStream }: Wanted): Promise<void> {
  try {
    const nc = await connect({ servers: `127.0.0.1:${port}`, user: LOGIN.username, pass: LOGIN.password, reconnect: false, timeout: 2_000 });
    await (jetStream ? nc.request("$JS.API.INFO", "", { timeout: 1_000 }) : nc.flush()).finally(() => nc.close());
  } catch (error) {
    // a server with other users than ours, or with a certificate of its own making
    if (error instanceof Error && (error.name === "AuthorizationError" || error.message.startsWith("self-signed"))) return;
    throw error;
  }
}

const NO_SERVER = "no nats-server in the path, and TEST_NATS_SERVER names none";

/** TEST_NATS_SERVER (a path), else the installed one; null without. */
function findServer(): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  const places = [process.env.TEST_NATS_SERVER ?? "", ...folders.map((folder) => join(folder, "nats-server"))];
  return places.find((path) => path !== "" && existsSync(path)) ?? null;
}

/** The run's server, for the keeper, which imports it by its name. @public */
export const serve: Serve<NatsAddress> = async () => {
  if (findServer() === null) return { server: null, reason: NO_SERVER, stop: async () => undefined };
  const { host, port, username, password, stop } = await startNats();
  return { server: { host, port, username, password }, reason: null, stop };
};
