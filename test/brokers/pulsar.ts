import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../eventually.ts";
import { freePorts } from "./free-port.ts";
import { classPath, startJava, whyNoJava } from "./java.ts";
import type { Serve } from "./on-demand.ts";
import { tailOf, type ServerProcess } from "./process.ts";

const run = promisify(execFile);
/** The newest of the line that is supported longest; it runs on Java 17. */
const ARTIFACTS = ["org.apache.pulsar:pulsar-broker:4.0.7"];
const MAIN = "org.apache.pulsar.PulsarStandaloneStarter";
/** Packages that Netty, BookKeeper and the broker's metrics look into. */
const OPENED = [
  "java.base/java.io",
  "java.base/java.lang",
  "java.base/java.nio",
  "java.base/java.util",
  "java.base/java.util.zip",
  "java.base/jdk.internal.loader",
  "java.base/jdk.internal.misc",
  "java.base/jdk.internal.platform",
  "java.base/sun.net",
  "java.management/sun.management",
  "jdk.management/com.sun.management.internal",
];
const JVM = [
  "-Xms128m",
  "-Xmx512m",
  "-XX:MaxDirectMemorySize=512m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Dio.netty.tryReflectionSetAccessible=true",
  ...OPENED.flatMap((each) => ["--add-opens", `${each}=ALL-UNNAMED`]),
];

export type PulsarAddress = {
  readonly host: string;
  /** Admin REST API and WebSocket API. */
  readonly port: number;
  /** May do everything. */
  readonly token: string;
  /** Signed as it should be, for somebody who may do nothing until told otherwise. */
  readonly strangersToken: string;
  /** `pulsar://`, for Pulsar's own client. */
  readonly serviceUrl: string;
};
export type TestPulsar = PulsarAddress & { restart(): Promise<void>; kill9AndStart(): Promise<void>; stop(): Promise<void> };

const SECRET = "the tests' own key, at least 32 bytes long";
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A JWT as Pulsar's token authentication asks for: who it is, signed with the server's key. */
function tokenOf(subject: string): string {
  const signed = `${part({ alg: "HS256" })}.${part({ sub: subject })}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

/** One standalone Pulsar of one's own on free loopback ports; its data goes with it. */
export async function startPulsar(): Promise<TestPulsar> {
  const path = await classPath(ARTIFACTS);
  const folder = await mkdtemp(join(tmpdir(), "redrive-pulsar-"));
  const [port, binary, bookie] = (await freePorts(3)) as [number, number, number];
  const config = join(folder, "standalone.conf");
  await writeFile(config, properties(port, binary));
  const token = tokenOf("admin");
  const args = ["--config", config, "--metadata-dir", join(folder, "metadata"), "--bookkeeper-dir", join(folder, "ledgers"), "--bookkeeper-port", String(bookie), "--no-functions-worker", "--no-stream-storage", "--advertised-address", "127.0.0.1"];
  let server: ServerProcess;
  const start = async (): Promise<void> => {
    server = await startJava({ classPath: path, main: MAIN, args, jvm: JVM, cwd: folder });
    await eventually(() => answers(port, token, () => server.alive()), { timeoutMs: 120_000, intervalMs: 250 }).catch(async (error: unknown) => {
      const log = await tailOf(join(folder, `${MAIN}.log`));
      await server.end("SIGKILL");
      throw new Error(`Pulsar did not start:\n${log}`, { cause: error });
    });
  };
  await start();
  const again = (signal: "SIGTERM" | "SIGKILL") => async (): Promise<void> => {
    await server.end(signal, 30_000);
    await start();
  };
  return {
    host: "127.0.0.1",
    port,
    token,
    strangersToken: tokenOf("stranger"),
    serviceUrl: `pulsar://127.0.0.1:${binary}`,
    restart: again("SIGTERM"),
    kill9AndStart: again("SIGKILL"),
    stop: async () => {
      await server.end("SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const properties = (port: number, binary: number): string =>
  `clusterName=standalone
brokerServicePort=${binary}
webServicePort=${port}
bindAddress=127.0.0.1
listeningInterface=lo
allowLoopback=true
webSocketServiceEnabled=true
webSocketMaxTextFrameSize=25165824
maxMessageSize=33554432
nettyMaxFrameSizeBytes=67108864
authenticationEnabled=true
authorizationEnabled=true
authenticationProviders=org.apache.pulsar.broker.authentication.AuthenticationProviderToken
tokenSecretKey=data:;base64,${Buffer.from(SECRET).toString("base64")}
superUserRoles=admin
brokerClientAuthenticationPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken
brokerClientAuthenticationParameters=token:${tokenOf("admin")}
managedLedgerDefaultEnsembleSize=1
managedLedgerDefaultWriteQuorum=1
managedLedgerDefaultAckQuorum=1
managedLedgerCacheSizeMB=32
dbStorage_writeCacheMaxSizeMb=32
dbStorage_readAheadCacheMaxSizeMb=16
dbStorage_rocksDB_blockCacheSize=8388608
brokerDeleteInactiveTopicsEnabled=false
loadBalancerEnabled=false
diskUsageThreshold=0.99
diskUsageWarnThreshold=0.98
diskUsageLwmThreshold=0.97
numIOThreads=2
numHttpServerThreads=8
webSocketNumServiceThreads=4
`;

/** It takes a message: the namespace is there, and so is the service behind it. */
async function answers(port: number, token: string, alive: () => void): Promise<void> {
  alive();
  const headers = { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(5_000);
  const ask = async (method: string, path: string): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}/admin/v2/${path}`, { method, headers, signal });
    if (!response.ok && response.status !== 409) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  };
  await ask("GET", "persistent/public/default");
  await ask("PUT", "persistent/public/default/ready");
  await ask("GET", "persistent/public/default/ready/stats");
}

/** Runs a program of this folder, one Java source file, with Pulsar's own client in its class path. Throws with its output when it fails. */
export async function runJavaClient(source: string, args: readonly string[]): Promise<void> {
  const file = new URL(`./${source}`, import.meta.url).pathname;
  await run("java", ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", await classPath(ARTIFACTS), file, ...args], { maxBuffer: 1e7 });
}

/** The run's server, for the keeper, which imports it by its name. @public */
export const serve: Serve<PulsarAddress> = async () => {
  const reason = await whyNoJava();
  if (reason !== null) return { server: null, reason, stop: async () => {} };
  const { restart: _restart, kill9AndStart: _kill, stop, ...server } = await startPulsar();
  return { server, reason: null, stop };
};
