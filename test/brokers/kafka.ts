import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
const SCRAM = ["256", "512"].flatMap((bits) => ["--add-scram", `SCRAM-SHA-${bits}=[name=bob,password=scrambled]`]);
const JVM = ["-Xmx384m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export type KafkaAddress = {
  readonly host: string;
  readonly port: number;
  /** SASL listener: alice may come in with "secret" by PLAIN, bob with "scrambled" by both kinds of SCRAM. */
  readonly saslPort: number;
  /** The same behind TLS, with a certificate that only `ca` (PEM) vouches for. */
  readonly tlsPort: number;
  readonly ca: string;
  /** Listeners that tell clients to go to `proxyPort`, where the caller puts a proxy; one for each file that needs one. */
  readonly proxied: readonly [Proxied, Proxied];
};
type Proxied = { readonly port: number; readonly proxyPort: number };
export type TestKafka = KafkaAddress & { restart(): Promise<void>; kill9AndStart(): Promise<void>; stop(): Promise<void> };

/** One Kafka node of one's own (KRaft, broker and controller in one) on free loopback ports; its data goes with it. */
export async function startKafka(): Promise<TestKafka> {
  const path = await classPath(ARTIFACTS);
  const folder = await mkdtemp(join(tmpdir(), "redrive-kafka-"));
  const [port = 0, saslPort = 0, tlsPort = 0, controller = 0, ...more] = await freePorts(8);
  const [first = 0, firstProxy = 0, second = 0, secondProxy = 0] = more;
  const proxied = [{ port: first, proxyPort: firstProxy }, { port: second, proxyPort: secondProxy }] as const;
  const ca = await certificate(folder);
  const config = join(folder, "server.properties");
  await writeFile(config, properties(folder, { port, saslPort, tlsPort, proxied, controller }));
  const cluster = randomBytes(16).toString("base64url");
  await run("java", [...JVM, "-cp", path, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", config, ...SCRAM], { cwd: folder });
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
    tlsPort,
    ca,
    proxied,
    restart: again("SIGTERM"),
    kill9AndStart: again("SIGKILL"),
    stop: async () => {
      await server.end("SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A key and a certificate for 127.0.0.1 in `server.pem`; answers the certificate, which vouches for itself. */
async function certificate(folder: string): Promise<string> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=redrive test", "-addext", "subjectAltName=IP:127.0.0.1"];
  await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert, ...subject]);
  const pem = await readFile(cert, "utf8");
  await writeFile(join(folder, "server.pem"), `${await readFile(key, "utf8")}${pem}`);
  return pem;
}

type Ports = Omit<KafkaAddress, "host" | "ca"> & { readonly controller: number };

const JAAS = "org.apache.kafka.common.security";
const login = (listener: string): string => `listener.name.${listener}.plain.sasl.jaas.config=${JAAS}.plain.PlainLoginModule required user_alice="secret";
listener.name.${listener}.scram-sha-256.sasl.jaas.config=${JAAS}.scram.ScramLoginModule required;
listener.name.${listener}.scram-sha-512.sasl.jaas.config=${JAAS}.scram.ScramLoginModule required;`;

const properties = (folder: string, { port, saslPort, tlsPort, proxied: [one, two], controller }: Ports): string =>
  `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAIN://127.0.0.1:${port},SASL://127.0.0.1:${saslPort},SECURE://127.0.0.1:${tlsPort},ONE://127.0.0.1:${one.port},TWO://127.0.0.1:${two.port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAIN://127.0.0.1:${port},SASL://127.0.0.1:${saslPort},SECURE://127.0.0.1:${tlsPort},ONE://127.0.0.1:${one.proxyPort},TWO://127.0.0.1:${two.proxyPort}
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,SECURE:SASL_SSL,ONE:PLAINTEXT,TWO:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
${login("sasl")}
${login("secure")}
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location=${join(folder, "server.pem")}
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
    // groups are there later than the rest
    await admin.fetchOffsets({ groupId: "test" });
  } finally {
    await admin.disconnect();
  }
}

/** The run's Kafka. */
export const serve: Serve<KafkaAddress> = async () => {
  const reason = await whyNoJava();
  if (reason !== null) return { server: null, reason, stop: async () => {} };
  const { stop, restart: _restart, kill9AndStart: _kill, ...server } = await startKafka();
  return { server, reason: null, stop };
};
