import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { freePorts } from "./free-port.ts";
import { classPath, startJava, whyNoJava } from "./java.ts";
import type { Serve } from "./on-demand.ts";
import { tailOf, type ServerProcess } from "./process.ts";
import { openRocketMq } from "./rocketmq-client.ts";

const VERSION = "5.5.0";
const ARTIFACTS = [`org.apache.rocketmq:rocketmq-proxy:${VERSION}`, `org.apache.rocketmq:rocketmq-namesrv:${VERSION}`];
const NAME_SERVER = "org.apache.rocketmq.namesrv.NamesrvStartup";
const PROXY = "org.apache.rocketmq.proxy.ProxyStartup";

export type RocketMqAddress = {
  readonly host: string;
  readonly nameServerPort: number;
  readonly brokerPort: number;
  /** The proxy's gRPC port. */
  readonly proxyPort: number;
  /** The login that may do everything. */
  readonly accessKey: string;
  readonly accessSecret: string;
};
export type TestRocketMq = RocketMqAddress & { restart(): Promise<void>; stop(): Promise<void> };

const LOGIN = { accessKey: "owner", accessSecret: "owner-secret-1" };

/** A name server, and a broker inside a proxy, on free loopback ports; their data goes with them. */
export async function startRocketMq(): Promise<TestRocketMq> {
  const path = await classPath(ARTIFACTS);
  const folder = await mkdtemp(join(tmpdir(), "redrive-rocketmq-"));
  const [nameServerPort, brokerPort, haPort, proxyPort, remotingPort] = (await freePorts(5)) as [number, number, number, number, number];
  await mkdir(join(folder, "tmp"));
  await writeFile(join(folder, "namesrv.conf"), `listenPort=${nameServerPort}\nbindAddress=127.0.0.1\n`);
  await writeFile(join(folder, "broker.conf"), brokerConfig(folder, brokerPort, haPort));
  await writeFile(join(folder, "proxy.json"), JSON.stringify({ ...AUTHENTICATION, ...ASKS_BROKER, rocketMQClusterName: "DefaultCluster", proxyMode: "local", localServeAddr: "127.0.0.1", grpcServerPort: proxyPort, remotingListenPort: remotingPort, brokerConfigPath: join(folder, "broker.conf"), grpcShutdownTimeSeconds: 1, grpcThreadPoolNums: 4 }));
  // logs, native libraries and whatever else they leave lie in the folder
  const jvm = (heap: string): string[] => [`-Xmx${heap}`, "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", `-Duser.home=${folder}`, `-Djava.io.tmpdir=${join(folder, "tmp")}`, "-Dcom.rocketmq.remoting.frameMaxLength=67108864", "-Drocketmq.broker.diskSpaceWarningLevelRatio=0.99", "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED"];
  const env = { ROCKETMQ_HOME: folder, RMQ_PROXY_HOME: folder };
  const nameServer = await startJava({ classPath: path, main: NAME_SERVER, args: ["-c", join(folder, "namesrv.conf")], jvm: jvm("96m"), cwd: folder, env });
  let broker: ServerProcess;
  const address = { host: "127.0.0.1", nameServerPort, brokerPort, proxyPort, ...LOGIN };
  const startBroker = async (): Promise<void> => {
    broker = await startJava({ classPath: path, main: PROXY, args: ["-pc", join(folder, "proxy.json"), "-n", `127.0.0.1:${nameServerPort}`], jvm: [...jvm("384m"), "-XX:MaxDirectMemorySize=256m"], cwd: folder, env });
    const answers = async (): Promise<void> => {
      broker.alive();
      nameServer.alive();
      await using client = await openRocketMq(address);
      await client.handshake();
    };
    await eventually(answers, { timeoutMs: 150_000, intervalMs: 500 }).catch(async (error: unknown) => {
      throw new Error(`RocketMQ did not start:\n${await tailOf(join(folder, `${PROXY}.log`))}`, { cause: error });
    });
  };
  // a test run that is broken off leaves no server behind
  const atExit = (): void => {
    void broker.end("SIGKILL");
    void nameServer.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", atExit);
  await startBroker();
  return {
    ...address,
    // killed: it shuts down slowly, and what it has taken lies in mapped files
    restart: async () => {
      await broker.end("SIGKILL");
      await startBroker();
    },
    stop: async () => {
      process.removeListener("exit", atExit);
      await Promise.all([broker.end("SIGKILL"), nameServer.end("SIGKILL")]);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const AUTHENTICATION = {
  authenticationEnabled: true,
  authenticationProvider: "org.apache.rocketmq.auth.authentication.provider.DefaultAuthenticationProvider",
  authenticationMetadataProvider: "org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider",
  initAuthenticationUser: JSON.stringify({ username: LOGIN.accessKey, password: LOGIN.accessSecret }),
  innerClientAuthenticationCredentials: JSON.stringify({ accessKey: LOGIN.accessKey, secretKey: LOGIN.accessSecret }),
  authorizationEnabled: true,
  authorizationProvider: "org.apache.rocketmq.auth.authorization.provider.DefaultAuthorizationProvider",
  authorizationMetadataProvider: "org.apache.rocketmq.auth.authorization.provider.LocalAuthorizationMetadataProvider",
};

/** The proxy asks its broker for users and their rights. */
const ASKS_BROKER = {
  authenticationMetadataProvider: "org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider",
  authorizationMetadataProvider: "org.apache.rocketmq.proxy.auth.ProxyAuthorizationMetadataProvider",
};

const brokerConfig = (folder: string, listenPort: number, haListenPort: number): string =>
  Object.entries({
    ...AUTHENTICATION,
    brokerClusterName: "DefaultCluster",
    brokerName: "broker-a",
    brokerId: 0,
    brokerIP1: "127.0.0.1",
    bindAddress: "127.0.0.1",
    listenPort,
    haListenPort,
    storePathRootDir: join(folder, "store"),
    storePathCommitLog: join(folder, "store", "commitlog"),
    authConfigPath: join(folder, "auth"),
    mappedFileSizeCommitLog: 64 * 1024 * 1024,
    mappedFileSizeConsumeQueue: 600_000,
    maxMessageSize: 32 * 1024 * 1024,
    maxIndexNum: 100_000,
    maxHashSlotNum: 50_000,
    diskMaxUsedSpaceRatio: 95,
    // it copies tens of megabytes each time
    timerFlushIntervalMs: 600_000,
    // the first tries of a delivery come soon after one another
    messageDelayLevel: "1s 1s 1s 1s 1s 1s 2s 3s 4s 5s 6s 7s 8s 9s 10s 20s 30s 1m",
    // a missing topic would be made by whoever sends to it
    autoCreateTopicEnable: true,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

/** The run's RocketMQ. */
export const serve: Serve<RocketMqAddress> = async () => {
  const reason = await whyNoJava();
  if (reason !== null) return { server: null, reason, stop: async () => {} };
  const { restart: _, stop, ...server } = await startRocketMq();
  return { server, reason: null, stop };
};
