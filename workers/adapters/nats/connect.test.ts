import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { nkeys } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import { nats } from "#core/brokers/nats.ts";
import { natsAccess, type NatsManifest } from "#test/brokers/nats-harness.ts";
import { startNats, type TestNats } from "#test/brokers/nats.ts";
import { startFaultProxy } from "#test/fault-proxy.ts";
import { connectNats } from "./connect.ts";

const soon = () => AbortSignal.timeout(10_000);
type Given = { readonly settings?: object; readonly secrets?: object };
const open = (server: TestNats, { settings = {}, secrets = {} }: Given): Promise<Session<NatsManifest>> =>
  connectNats({
    name: "test",
    settings: nats.settings.parse({ servers: `${server.host}:${server.port}`, ...settings }),
    secrets: nats.secrets.parse(secrets),
    signal: soon(),
  });

async function withServer(options: Parameters<typeof startNats>[0], run: (server: TestNats) => Promise<void>): Promise<void> {
  const server = await startNats(options);
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

test("a token logs in, another one does not", async () => {
  await withServer({ users: 'authorization { token: "t0ken" }' }, async (server) => {
    await using session = await open(server, { secrets: { token: "t0ken" } });
    await session.ping(soon());
    await expect(open(server, { secrets: { token: "other" } })).rejects.toMatchObject({ name: "Fault", code: "unauthorised" });
    await expect(open(server, {})).rejects.toMatchObject({ name: "Fault", code: "unauthorised" });
  });
});

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A JWT as nsc writes them, signed by a key of its issuer. */
function jwt(issuer: ReturnType<typeof nkeys.createUser>, sub: string, claims: object): string {
  const head = `${base64({ typ: "JWT", alg: "ed25519-nkey" })}.${base64({ jti: crypto.randomUUID(), iat: 1_700_000_000, iss: issuer.getPublicKey(), name: "test", sub, nats: claims })}`;
  return `${head}.${Buffer.from(issuer.sign(Buffer.from(head))).toString("base64url")}`;
}

test("credentials log in where accounts are told by JWT; what is no .creds file is said to be none", async () => {
  const [operator, system, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount(), nkeys.createUser()];
  const limits = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const accountJwt = (of: typeof account, given: object) => `${of.getPublicKey()}: "${jwt(operator, of.getPublicKey(), { type: "account", version: 2, limits: given })}"`;
  const { mem_storage: _memory, disk_storage: _disk, ...plain } = limits;
  const userJwt = jwt(account, user.getPublicKey(), { type: "user", version: 2, subs: -1, data: -1, payload: -1 });
  const users = [
    `operator: "${jwt(operator, operator.getPublicKey(), { type: "operator", version: 2 })}"`,
    `system_account: ${system.getPublicKey()}`,
    "resolver: MEMORY",
    `resolver_preload: { ${accountJwt(account, limits)}, ${accountJwt(system, plain)} }`,
  ].join("\n");
  const seed = Buffer.from(user.getSeed()).toString();
  const credentials = `-----BEGIN NATS USER JWT-----\n${userJwt}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
  await withServer({ users }, async (server) => {
    await using session = await open(server, { secrets: { credentials } });
    await session.ping(soon());
    const stranger = credentials.replace(seed, Buffer.from(nkeys.createUser().getSeed()).toString());
    await expect(open(server, { secrets: { credentials: stranger } })).rejects.toMatchObject({ code: "unauthorised" });
    const error = await open(server, { secrets: { credentials: "SUANOTACREDSFILE" } }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "Fault", code: "unauthorised", detail: expect.not.stringContaining("SUANOTACREDSFILE") });
  });
});

test("TLS with a server that has none is unsupported, with a certificate nobody vouches for unauthorised", async () => {
  await withServer({}, async (server) => {
    await expect(open(server, { settings: { tls: true, username: server.username }, secrets: { password: server.password } })).rejects.toMatchObject({
      code: "unsupported",
      detail: "this server does not speak TLS",
    });
  });
  const folder = await mkdtemp(join(tmpdir(), "redrive-nats-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert]);
  await withServer({ users: `tls { cert_file: "${cert}", key_file: "${key}" }` }, async (server) => {
    await expect(open(server, { settings: { tls: true } })).rejects.toMatchObject({ code: "unauthorised", detail: expect.stringContaining("certificate") });
  });
  await rm(folder, { recursive: true });
});

test("a missing JetStream domain is unsupported, and the session says so when it is asked", async () => {
  await withServer({}, async (server) => {
    const { settings, secrets } = natsAccess(server, { domain: "elsewhere" });
    await using session = await connectNats({ name: "test", settings, secrets, signal: soon() });
    await expect(session.ping(soon())).rejects.toMatchObject({ code: "unsupported" });
    await expect(session.discover(soon())).rejects.toMatchObject({ code: "unsupported" });
  });
});

test("a domain that is there is used, also to read and to measure", async () => {
  await withServer({ domain: "hub" }, async (server) => {
    const { settings, secrets } = natsAccess(server, { domain: "hub" });
    await using session = await connectNats({ name: "test", settings, secrets, signal: soon() });
    await session.ping(soon());
    const [found] = await session.discover(soon());
    expect(found?.name).toBe("REDRIVE_ADVISORIES");
  });
});

test("the first of several servers that answers is used", async () => {
  await withServer({}, async (server) => {
    const { settings, secrets } = natsAccess(server);
    const servers = `127.0.0.1:1, ${settings.servers}`;
    await using session = await connectNats({ name: "test", settings: { ...settings, servers }, secrets, signal: soon() });
    await session.ping(soon());
  });
});

test("a server that accepts and says nothing does not hold the opening up", async () => {
  await withServer({}, async (server) => {
    await using proxy = await startFaultProxy(server);
    proxy.blackhole("both");
    const { settings, secrets } = natsAccess({ ...server, host: proxy.host, port: proxy.port });
    const start = Date.now();
    await expect(connectNats({ name: "test", settings, secrets, signal: AbortSignal.timeout(500) })).rejects.toMatchObject({ code: "timeout" });
    expect(Date.now() - start).toBeLessThan(2_000);
  });
});
