import { expect, test } from "vitest";
import { routeDestination } from "#core/route/definition.ts";
import { delivery } from "#test/factories/delivery.ts";
import { startHttpSink } from "#test/http-sink.ts";
import { addressRule, guardedConnector, privateCap } from "./address-guard.ts";
import { openHttp } from "./http.ts";

const ANY = privateCap("allow");
const publicOnly = addressRule([], ANY);

test("every block that is not public is refused, in IPv4 and IPv6", () => {
  const inside = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
  ]; // prettier-ignore
  for (const address of inside) expect(publicOnly(address), address).not.toBeNull();
  for (const address of ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]) expect(publicOnly(address), address).toBeNull();
  for (const text of ["localhost", "", "127.1", "fe80::1%eth0"]) expect(publicOnly(text), text).not.toBeNull();
});

test("what is allowed passes; metadata, link-local, 0.0.0.0 and multicast never do", () => {
  const rule = addressRule(["0.0.0.0/0", "::/0"], ANY);
  for (const address of ["10.0.0.1", "127.0.0.1", "::1", "fd00::1", "::ffff:10.0.0.1"]) expect(rule(address), address).toBeNull();
  const never = ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::", "::169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "::", "224.0.0.1", "ff02::1"];
  for (const address of never) expect(rule(address), address).toBe("is never allowed");
  expect(addressRule(["10.1.0.0/16"], ANY)("10.2.0.1")).toBe("is not public");
  expect(addressRule(["::ffff:10.1.0.0/112"], ANY)("10.1.2.3")).toBeNull();
});

test("what a route allows passes within what the workers allow", () => {
  const wide = ["10.0.0.0/8", "127.0.0.0/8", "8.0.0.0/8"];
  const capped = addressRule(wide, privateCap("10.20.0.0/16, ::1/128"));
  expect(capped("10.20.1.1")).toBeNull();
  expect(capped("8.8.8.8")).toBeNull();
  for (const address of ["10.21.0.1", "127.0.0.1"]) expect(capped(address)).toContain("REDRIVE_PRIVATE_DESTINATIONS");
  expect(capped("192.168.0.1")).toBe("is not public");
  expect(addressRule([], privateCap("10.20.0.0/16"))("10.20.1.1"), "the route has to name it too").toBe("is not public");
  const denied = addressRule(wide, privateCap("deny"));
  expect(denied("10.20.1.1")).toContain("REDRIVE_PRIVATE_DESTINATIONS");
  expect(denied("8.8.8.8")).toBeNull();
  expect(() => privateCap("10.0.0.0/8,lan")).toThrow("REDRIVE_PRIVATE_DESTINATIONS: lan is no CIDR block");
});

test("no spelling of a private address is connected to", async () => {
  await using sink = await startHttpSink();
  const never = new AbortController().signal;
  const spelled = ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0x7f000001", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::1]", "[::]", "0.0.0.0", "0", "localhost", "LOCALHOST", "①②⑦.0.0.1", "169.254.169.254", "[64:ff9b::7f00:1]"];
  for (const host of spelled) {
    const definition = routeDestination.parse({ kind: "http", url: `http://${host}:${sink.port}/` });
    if (definition.kind !== "http") throw new Error("not HTTP");
    const destination = openHttp(definition, { secret: () => undefined, privateCap: ANY });
    expect(await destination.deliver(delivery(), never), host).toMatchObject({ status: "refused", error: { code: "address_refused" }, answer: null });
    await destination.close();
  }
  expect(await sink.ledger()).toEqual([]);
});

test("ports of mail, shells and databases are refused where the address is not", async () => {
  for (const port of [22, 25, 5432, 6379]) {
    const definition = routeDestination.parse({ kind: "http", url: `http://127.0.0.1:${port}/`, allowPrivate: ["127.0.0.0/8"] });
    if (definition.kind !== "http") throw new Error("not HTTP");
    const destination = openHttp(definition, { secret: () => undefined, privateCap: ANY });
    expect(await destination.deliver(delivery(), new AbortController().signal)).toMatchObject({ status: "refused", error: { code: "address_refused", message: expect.stringContaining(`port ${port}`) } });
    await destination.close();
  }
});

test("a route to this machine is refused where the workers deny it, and says by what", async () => {
  await using sink = await startHttpSink();
  const definition = routeDestination.parse({ kind: "http", url: sink.url(), allowPrivate: ["127.0.0.0/8"] });
  if (definition.kind !== "http") throw new Error("not HTTP");
  const destination = openHttp(definition, { secret: () => undefined, privateCap: privateCap("deny") });
  expect(await destination.deliver(delivery(), new AbortController().signal)).toMatchObject({ status: "refused", error: { code: "address_refused", message: expect.stringContaining("REDRIVE_PRIVATE_DESTINATIONS") } });
  await destination.close();
  expect(await sink.ledger()).toEqual([]);
});

test("a name that led elsewhere at the second look is judged by the socket's own address", async () => {
  await using sink = await startHttpSink();
  // the name passed when it was looked up: the rule then sees the address that was really connected to
  let looks = 0;
  const connect = guardedConnector(() => (looks++ === 0 ? null : "is not public"), { timeoutMs: 2_000 });
  const { error, socket } = await new Promise<{ error: Error | null; socket: unknown }>((resolve) =>
    connect({ hostname: "localhost", host: "localhost", protocol: "http:", port: String(sink.port) }, (...[error, socket]) => resolve({ error, socket })),
  );
  expect(error?.name).toBe("AddressRefused");
  expect(socket).toBeNull();
  expect(looks).toBeGreaterThan(1);
});
