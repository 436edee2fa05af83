import { expect, test } from "vitest";
import { Fault } from "#core/fault.ts";
import { accessTo, runsRabbit } from "#test/brokers/rabbitmq-harness.ts";
import { startFaultProxy } from "#test/fault-proxy.ts";
import { connectRabbit } from "./connect.ts";
import { faultOf } from "./faults.ts";

const login = (settings: Parameters<typeof accessTo>[1], password?: string): Promise<unknown> => {
  const { secrets, ...rest } = accessTo(runsRabbit(), settings);
  return connectRabbit({ name: "faults.test", ...rest, secrets: { password: password ?? secrets.password }, signal: AbortSignal.timeout(2_000) });
};
const faultOfLogin = (settings: Parameters<typeof accessTo>[1], password?: string): Promise<Fault> =>
  login(settings, password).then(
    () => Promise.reject(new Error("it logged in")),
    (error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      return error;
    },
  );

test("a missing vhost is unauthorised and says so", async () => {
  const fault = await faultOfLogin({ vhost: "no/such vhost" });
  expect(fault).toMatchObject({ code: "unauthorised", detail: expect.stringContaining("vhost") });
});

test("a name that does not resolve is unreachable", async () => {
  expect(await faultOfLogin({ host: "no-such-host.invalid" })).toMatchObject({ code: "unreachable" });
});

test("TLS to a server without it is no login", async () => {
  expect(["unreachable", "unauthorised"]).toContain((await faultOfLogin({ tls: true })).code);
});

test("a server that accepts and never answers times out", async () => {
  await using proxy = await startFaultProxy(runsRabbit());
  proxy.blackhole("both");
  expect(await faultOfLogin({ host: proxy.host, port: proxy.port })).toMatchObject({ code: "timeout" });
});

test("no fault shows the password", async () => {
  const password = "s3cret-p4ssword";
  const faults = await Promise.all([faultOfLogin({}, password), faultOfLogin({ vhost: "x" }, password), faultOfLogin({ port: 1 }, password)]);
  for (const fault of faults) expect(`${fault.detail} ${fault.message}`).not.toContain(password);
});

const closed = (code: number, text: string): Error =>
  Object.assign(new Error(`Channel closed by server: ${code} (X) with message "${text}"`), { code });

test.each<[string, Error, string]>([
  ["access refused", closed(403, "ACCESS_REFUSED - write access refused"), "unauthorised"],
  ["no exchange", closed(404, "NOT_FOUND - no exchange 'x'"), "not_found"],
  ["a queue whose node is down", closed(404, "NOT_FOUND - home node 'a@b' of durable queue 'q' is down or inaccessible"), "unreachable"],
  ["an ack that took too long", closed(406, "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out."), "timeout"],
  ["a message too large", closed(406, "PRECONDITION_FAILED - message size 99 is larger than configured max size 9"), "too_large"],
  ["other preconditions", closed(406, "PRECONDITION_FAILED - inequivalent arg"), "invalid"],
  ["an exclusive queue", closed(405, "RESOURCE_LOCKED"), "blocked"],
  ["a shutdown", closed(320, "CONNECTION_FORCED - broker forced connection closure"), "unreachable"],
  ["a refused socket", Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" }), "unreachable"],
  ["an expired certificate", Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" }), "unauthorised"],
  ["anything else", new Error("?"), "internal"],
])("%s", (_label, error, code) => {
  const fault = faultOf(error);
  expect(fault.code).toBe(code);
  expect(fault.detail.length).toBeGreaterThan(0);
});

test("the broker's words are kept, shortened", () => {
  expect(faultOf(closed(404, `NOT_FOUND - no queue '${"q".repeat(1000)}'`)).detail).toMatch(/^NOT_FOUND - no queue 'q{200,}…$/);
});
