import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import type { Session } from "#core/brokers/adapter.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import { collect } from "#test/adapter-reading.ts";
import { kafkaClient, type KafkaAddress } from "#test/brokers/kafka.ts";
import { kafkaAccess, makeTopic } from "#test/brokers/kafka-harness.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { connectKafka } from "./connect.ts";

const { server } = await onDemand<KafkaAddress>("kafka");
type Settings = Partial<z.input<(typeof kafka)["settings"]>>;

const open = (port: number, settings: Settings, password: string): Promise<Session<typeof kafka>> => connectKafka({ name: "connect.test", ...kafkaAccess(port, settings, password), signal: AbortSignal.timeout(20_000) });

describe.skipIf(server === null)("logins", () => {
  let topic: string;
  beforeAll(async () => {
    if (server === null) return;
    topic = `login-${crypto.randomUUID()}`;
    await makeTopic(kafkaClient(server), topic);
  });
  const trusted = getCACertificates("default");
  afterAll(() => setDefaultCACertificates(trusted));

  /** Writes, measures and reads with a login: more than the handshake. */
  const works = async (port: number, settings: Settings, password: string): Promise<void> => {
    await using session = await open(port, settings, password);
    await session.ping(AbortSignal.timeout(10_000));
    const native = { transport: "kafka" as const, queue: topic, partition: 0, offset: "0", timestamp: "-1", key: null, tombstone: false };
    const [outcome] = await session.publish([{ attemptId: "1", body: Buffer.from(settings.username ?? ""), headers: [], native }], { kind: "kafka", topic, partition: null }, AbortSignal.timeout(10_000));
    expect(outcome).toMatchObject({ status: "confirmed" });
    const { deaths } = await collect(session, { queue: topic }, 1);
    expect(deaths.length).toBeGreaterThan(0);
  };
  const logins = [
    { saslMechanism: "plain", username: "alice", password: "secret" },
    { saslMechanism: "scram-sha-256", username: "bob", password: "scrambled" },
    { saslMechanism: "scram-sha-512", username: "bob", password: "scrambled" },
  ] as const;

  test.each(logins)("$saslMechanism lets in, and a wrong password is unauthorised", async ({ password, ...settings }) => {
    if (server === null) return;
    await works(server.saslPort, settings, password);
    await expect(open(server.saslPort, settings, "wrong")).rejects.toMatchObject({ code: "unauthorised" });
  });

  test("somebody nobody knows is unauthorised", async () => {
    await expect(open(server?.saslPort ?? 0, { saslMechanism: "scram-sha-256", username: "mallory" }, "scrambled")).rejects.toMatchObject({ code: "unauthorised" });
  });

  test("TLS wants a certificate somebody vouches for, and then every login works behind it", async () => {
    if (server === null) return;
    const [{ password, ...settings }] = logins;
    await expect(open(server.tlsPort, { ...settings, tls: true }, password)).rejects.toMatchObject({ code: "unauthorised", detail: expect.stringMatching(/certificate/i) });
    setDefaultCACertificates([...trusted, server.ca]);
    for (const { password: its, ...each } of logins) await works(server.tlsPort, { ...each, tls: true }, its);
    await expect(open(server.tlsPort, { ...settings, tls: true }, "wrong")).rejects.toMatchObject({ code: "unauthorised" });
  });

  test("a listener that speaks TLS, spoken to without it, and the other way round, is no login", async () => {
    if (server === null) return;
    for (const [port, tls] of [[server.tlsPort, false], [server.saslPort, true]] as const) await expect(open(port, { saslMechanism: "plain", username: "alice", tls }, "secret")).rejects.toMatchObject({ name: "Fault" });
  });
});
