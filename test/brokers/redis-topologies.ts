import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { eventually } from "../eventually.ts";
import { freePorts } from "./free-port.ts";
import { startServer } from "./process.ts";
import { openRedis, REDIS_SERVER, startRedis, type TestRedis } from "./redis.ts";

const SLOTS = 16_384;
const SETTLES = { timeoutMs: 30_000, intervalMs: 100 };

/** A client that is connected, of a server of the test's own. */
async function admin(server: TestRedis): Promise<Redis> {
  const redis = openRedis(server);
  await redis.connect();
  return redis;
}

export type TestSentinel = AsyncDisposable & { readonly masterName: string; readonly port: number; readonly password: string; readonly master: TestRedis; readonly replica: TestRedis };

/** A master, a replica of it, and a sentinel that puts the replica in its place about a second after it is gone. */
export async function startSentinel(): Promise<TestSentinel> {
  await using stack = new AsyncDisposableStack();
  const master = await startRedis();
  stack.defer(() => master.stop());
  const replica = await startRedis(["--replicaof", "127.0.0.1", String(master.port)]);
  stack.defer(() => replica.stop());
  const folder = await mkdtemp(join(tmpdir(), "redrive-sentinel-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const [port] = (await freePorts(1)) as [number];
  const masterName = "orders";
  const config = join(folder, "sentinel.conf");
  const about = (what: string): string => `sentinel ${what}`;
  const lines = [`port ${port}`, "bind 127.0.0.1", `dir ${folder}`, about(`monitor ${masterName} 127.0.0.1 ${master.port} 1`), about(`auth-pass ${masterName} ${master.password}`), about(`down-after-milliseconds ${masterName} 1000`), about(`failover-timeout ${masterName} 5000`)];
  await writeFile(config, `${lines.join("\n")}\n`);
  const sentinel = await startServer({ command: REDIS_SERVER, args: [config, "--sentinel"], cwd: folder, output: join(folder, "output") });
  stack.defer(() => sentinel.end());
  await eventually(async () => {
    sentinel.alive();
    const asked = new Redis({ host: "127.0.0.1", port, lazyConnect: true, retryStrategy: () => null });
    asked.on("error", () => undefined);
    try {
      await asked.connect();
      const replicas = (await asked.call("SENTINEL", "REPLICAS", masterName)) as string[][];
      if (!replicas.some((fields) => fields.includes("slave") && fields.includes("ok"))) throw new Error("the sentinel does not know the replica yet");
    } finally {
      asked.disconnect();
    }
  }, SETTLES);
  const owned = stack.move();
  return { masterName, port, password: master.password, master, replica, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export type TestCluster = AsyncDisposable & { readonly nodes: readonly TestRedis[]; readonly port: number; readonly password: string };

/** Three masters that share the slots. */
export async function startCluster(): Promise<TestCluster> {
  await using stack = new AsyncDisposableStack();
  const nodes = await Promise.all(
    [0, 1, 2].map(async () => {
      const [bus] = (await freePorts(1)) as [number];
      const node = await startRedis(["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "2000", "--cluster-port", String(bus)]);
      stack.defer(() => node.stop());
      return { node, bus };
    }),
  );
  const clients = await Promise.all(nodes.map(({ node }) => admin(node)));
  for (const client of clients) stack.defer(() => client.disconnect());
  const share = Math.ceil(SLOTS / nodes.length);
  for (const [at, client] of clients.entries()) {
    await client.call("CLUSTER", "ADDSLOTSRANGE", at * share, Math.min((at + 1) * share, SLOTS) - 1);
    await client.call("CLUSTER", "SET-CONFIG-EPOCH", at + 1);
  }
  for (const { node, bus } of nodes.slice(1)) await clients[0]?.call("CLUSTER", "MEET", "127.0.0.1", node.port, bus);
  await eventually(async () => {
    for (const client of clients) {
      const info = String(await client.call("CLUSTER", "INFO"));
      if (!info.includes("cluster_state:ok") || !info.includes("cluster_known_nodes:3")) throw new Error(info);
    }
  }, SETTLES);
  const owned = stack.move();
  const [first] = nodes;
  if (first === undefined) throw new Error("no node");
  return { nodes: nodes.map(({ node }) => node), port: first.node.port, password: first.node.password, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export type TestTls = AsyncDisposable & { readonly port: number; readonly password: string; readonly authority: string; readonly server: TestRedis };

/** A server with a port for TLS; `authority` is the file of the certificate that vouches for it. */
export async function startTls(): Promise<TestTls> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "redrive-redis-tls-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=redis.test", "-addext", "subjectAltName=IP:127.0.0.1"];
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate, ...subject]);
  const [port] = (await freePorts(1)) as [number];
  const server = await startRedis(["--tls-port", String(port), "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no"]);
  stack.defer(() => server.stop());
  const owned = stack.move();
  return { port, password: server.password, authority: certificate, server, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
