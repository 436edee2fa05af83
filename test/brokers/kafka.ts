import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import { eventually } from "../eventually.ts";
import { freePorts } from "./free-port.ts";
import { classPath, startJava, whyNoJava } from "./java.ts";
import type { Serve } from "./on-demand.ts";
import { tailOf, type ServerProcess } from "./process.ts";

const run = promisify(execFile);
const ARTIFACTS = ["org.apache.kafka:kafka_2.13:4.3.1"];
const MAIN = "kafka.Kafka";
const JVM = ["-Xmx384m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export type KafkaAddress = {
  readonly host: string;
  readonly port: number;
  /** SASL listener: PLAIN and SCRAM are asked for, alice may come in with "secret". */
  readonly saslPort: number;
  /** What is said here tells clients to go to `proxyPort`, where the caller puts a proxy. */
  readonly proxiedPort: number;
  readonly proxyPort: number;
};
export type TestKafka = KafkaAddress & { restart(): Promise<void>; kill9AndStart(): Promise<void>; stop(): Promise<void> };

/** One Kafka node of one's own (KRaft, broker and controller in one) on free loopback ports; its data goes with it. */
export async function startKafka(): Promise<TestKafka> {
  const path = await classPath(ARTIFACTS);
  const folder = await mkdtemp(join(tmpdir(), "redrive-kafka-"));
  const [port, saslPort, proxiedPort, proxyPort, controller] = (await freePorts(5)) as [number, number, number, number, number];
  const config = join(folder, "server.properties");
  await writeFile(config, properties(folder, { port, saslPort, proxiedPort, proxyPort, controller }));
  const cluster = randomBytes(16).toString("base64url");
  await run("java", [...JVM, "-cp", path, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", config], { cwd: folder });
  let server: ServerProcess;
  const start = async (): Promise<void> => {
    server = await startJava({ classPath: path, main: MAIN, args: [config], jvm: JVM, cwd: folder });
    await eventually(() => answers(port, () => server.alive()), { timeoutMs: 90_000, intervalMs: 250 }).catch(async (error: unknown) => {
      throw new Error(`Kafka did not start:\n${await tailOf(join(folder, `${MAIN}.log`))}`, { cause: error });
    });
  };
  await start();
  const again = (signal: "SIGTERM" | "SIGKILL") => async (): Promise<void> => {
    await server.end(signal, 20_000);
    await start();
  };
  return {
    host: "127.0.0.1",
    port,
    saslPort,
    proxiedPort,
    proxyPort,
    restart: again("SIGTERM"),
    kill9AndStart: again("SIGKILL"),
    stop: async () => {
      await server.end("SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Ports = Omit<KafkaAddress, "host"> & { readonly controller: number };

const properties = (folder: string, { port, saslPort, proxiedPort, proxyPort, controller }: Ports): string =>
  `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAIN://127.0.0.1:${port},SASL://127.0.0.1:${saslPort},PROXIED://127.0.0.1:${proxiedPort},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAIN://127.0.0.1:${port},SASL://127.0.0.1:${saslPort},PROXIED://127.0.0.1:${proxyPort}
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";
listener.name.sasl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs=${join(folder, "data")}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
group.initial.rebalance.delay.ms=0
message.max.bytes=33554432
replica.fetch.max.bytes=33554432
socket.request.max.bytes=67108864
log.retention.hours=168
`;

/** A client that gives up soon, for tests. */
export const kafkaClient = ({ host, port }: { readonly host: string; readonly port: number }): Kafka =>
  new Kafka({ clientId: "test", brokers: [`${host}:${port}`], logLevel: logLevel.NOTHING, connectionTimeout: 2_000, requestTimeout: 10_000, retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 500 } });

async function answers(port: number, alive: () => void): Promise<void> {
  alive();
  const admin = kafkaClient({ host: "127.0.0.1", port }).admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    await admin.describeCluster();
  } finally {
    await admin.disconnect();
  }
}

/** The run's Kafka. */
export const serve: Serve<KafkaAddress> = async () => {
  const reason = await whyNoJava();
  if (reason !== null) return { server: null, reason, stop: async () => {} };
  const { host, port, saslPort, proxiedPort, proxyPort, stop } = await startKafka();
  return { server: { host, port, saslPort, proxiedPort, proxyPort }, reason: null, stop };
};
