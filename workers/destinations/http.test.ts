import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, expect, test } from "vitest";
import { text } from "#core/message/header.ts";
import { routeDestination, type HttpDestination } from "#core/route/definition.ts";
import { startFaultProxy } from "#test/fault-proxy.ts";
import { delivery } from "#test/factories/delivery.ts";
import { startHttpSink } from "#test/http-sink.ts";
import type { Delivery, Destination } from "./destination.ts";
import { privateCap } from "./address-guard.ts";
import { openHttp } from "./http.ts";

const sink = await startHttpSink();
const never = new AbortController().signal;
const open: Destination[] = [];
afterAll(async () => {
  await Promise.all(open.map((destination) => destination.close()));
  await sink.kill();
});

const SECRETS: Record<string, string> = {
  ROUTE_OLD_KEY: `whsec_${Buffer.alloc(24, 1).toString("base64")}`,
  ROUTE_NEW_KEY: `whsec_${Buffer.alloc(32, 2).toString("base64")}`,
  ROUTE_SHORT_KEY: "whsec_c2hvcnQ=",
  ROUTE_TOKEN: "abc.def",
  ROUTE_BROKEN: "a\r\nx: y",
};

function opened(given: Partial<HttpDestination> & { url: string }): Destination {
  const definition = routeDestination.parse({ kind: "http", allowPrivate: ["127.0.0.0/8"], headTimeoutMs: 2_000, ...given });
  if (definition.kind !== "http") throw new Error("not HTTP");
  const destination = openHttp(definition, { secret: (name) => SECRETS[name], privateCap: privateCap("allow") });
  open.push(destination);
  return destination;
}
const send = (given: Partial<HttpDestination> & { url: string }, sent: Partial<Delivery> | Parameters<typeof delivery>[0] = {}) => opened(given).deliver(delivery(sent), never);
const pathOf = (url: string): string => new URL(url).pathname;

test("a 2xx is success; the request carries body, content type and identity, the same id at each try", async () => {
  const url = sink.url("503", "200");
  const destination = opened({ url, passHeaders: ["x-tenant", "trace*"], headers: [{ name: "X-Order", value: "{/id}" }], bearer: "ROUTE_TOKEN" });
  const body = Uint8Array.from([...new TextEncoder().encode('{"id":12345678901234567890,"t":"é"}'), 0x0a]);
  const message = delivery({ body, headers: [text("X-Tenant", "Zoë"), text("traceparent", "00-1"), text("other", "no"), text("webhook-id", "forged"), text("host", "evil")] });
  const first = await destination.deliver(message, never);
  expect(first).toMatchObject({ status: "refused", error: { code: "http_status", status: 503, retryAfterMs: null }, answer: { status: 503, cut: false } });
  expect(await destination.deliver({ ...message, attempt: 2 }, never)).toMatchObject({ status: "confirmed", answer: { status: 200, headers: expect.arrayContaining([["x-answer", "200"]]) } });
  const [one, two] = await sink.ledger(pathOf(url));
  const headers = new Map(one?.headers);
  expect(one?.body).toEqual(Buffer.from(body));
  expect(headers.get("X-Order")).toBe("12345678901234567890");
  expect(headers.get("content-type")).toBe("application/json");
  expect(headers.get("authorization")).toBe("Bearer abc.def");
  expect(Buffer.from(headers.get("X-Tenant") ?? "", "latin1").toString()).toBe("Zoë");
  expect(headers.get("traceparent")).toBe("00-1");
  expect(headers.has("other")).toBe(false);
  expect(headers.get("host")).toBe(`127.0.0.1:${sink.port}`);
  expect(headers.get("redrive-attempt")).toBe("1");
  expect(headers.get("redrive-route")).toBe("orders to shop");
  expect(headers.get("webhook-id")).toBe(message.messageId);
  expect(new Map(two?.headers).get("webhook-id")).toBe(message.messageId);
  expect(new Map(two?.headers).get("redrive-attempt")).toBe("2");
});

test("cookies of the answer are not kept, its body is", async () => {
  const outcome = await send({ url: sink.url("404") });
  expect(outcome.answer?.headers.map(([name]) => name)).not.toContain("set-cookie");
  expect(Buffer.from(outcome.answer?.body ?? []).toString()).toBe("answer 404");
});

test("signed with each secret, byte for byte, also where the body is no text", async () => {
  const url = sink.url();
  await send({ url, signWith: ["ROUTE_OLD_KEY", "ROUTE_NEW_KEY"] }, { body: '{"a":"é"}' });
  const [entry] = await sink.ledger(pathOf(url));
  const headers = Object.fromEntries(entry?.headers ?? []);
  expect(headers["webhook-signature"]?.split(" ")).toHaveLength(2);
  for (const key of ["ROUTE_OLD_KEY", "ROUTE_NEW_KEY"]) expect(new Webhook(SECRETS[key] ?? "").verify(entry?.body.toString() ?? "", headers)).toEqual({ a: "é" });
  expect(() => new Webhook(SECRETS.ROUTE_NEW_KEY ?? "").verify(`${entry?.body.toString()} `, headers)).toThrow("No matching signature");
  const unsigned = sink.url();
  await send({ url: unsigned }, { headers: [text("webhook-signature", "v1,forged")] });
  expect(new Map((await sink.ledger(pathOf(unsigned)))[0]?.headers).has("webhook-signature")).toBe(false);
});

test("the value under a pointer is sent as it was written", async () => {
  const url = sink.url();
  await send({ url, body: { pointer: "/order" } }, { body: '{"order": {"id":12345678901234567890, "n":1.0 }, "x":1}' });
  const [entry] = await sink.ledger(pathOf(url));
  expect(entry?.body.toString()).toBe('{"id":12345678901234567890, "n":1.0 }');
});

test("places in path and query are filled percent-encoded", async () => {
  const base = sink.url();
  expect(await send({ url: `${base}/{/id}/{header:t}?q={/q}&r={/e}#no`, method: "DELETE" }, { body: '{"id":12345678901234567890,"q":"a&b=c#d?é","e":""}', headers: [text("t", "a/../b")] })).toMatchObject({ status: "confirmed" });
  expect((await sink.ledger(pathOf(base)))[0]?.path).toBe(`${pathOf(base)}/12345678901234567890/a%2F..%2Fb?q=a%26b%3Dc%23d%3F%C3%A9&r=`);
});

test("a message that the definition does not fit is refused and nothing is sent", async () => {
  const url = sink.url();
  const evil = '{"id":"..","empty":"","line":"a\\r\\nevil: 1","half":"\\ud800"}';
  const refusedAs = { status: "refused", error: { code: "template" }, answer: null };
  expect(await send({ url: `${url}/{/gone}` }, { body: evil })).toMatchObject(refusedAs);
  expect(await send({ url: `${url}/{/id}` }, { body: evil })).toMatchObject(refusedAs);
  expect(await send({ url: `${url}/{/empty}/x` }, { body: evil })).toMatchObject(refusedAs);
  expect(await send({ url: `${url}/{/half}` }, { body: evil })).toMatchObject(refusedAs);
  expect(await send({ url, headers: [{ name: "x", value: "{/line}" }] }, { body: evil })).toMatchObject(refusedAs);
  expect(await send({ url, passHeaders: ["x-*"] }, { headers: [text("x-evil", "a\nb")] })).toMatchObject(refusedAs);
  expect(await send({ url, passHeaders: ["x-*"] }, { headers: [text("x-evil name", "a")] })).toMatchObject(refusedAs);
  expect(await send({ url, body: { pointer: "/a" } }, { body: Uint8Array.of(0xff) })).toMatchObject(refusedAs);
  expect(await sink.ledger(pathOf(url))).toEqual([]);
});

test("what a person has to mend is told by its name, without the secret", async () => {
  const url = sink.url();
  const cases: [Partial<HttpDestination>, string][] = [
    [{ bearer: "ROUTE_GONE" }, "ROUTE_GONE is not set in the environment of the workers"],
    [{ bearer: "ROUTE_BROKEN" }, "ROUTE_BROKEN holds a line break or another control character"],
    [{ signWith: ["ROUTE_SHORT_KEY"] }, "ROUTE_SHORT_KEY is no webhook secret: whsec_ and base64 of 24 to 64 bytes"],
    [{ headers: [{ name: "Transfer-Encoding", value: "chunked" }] }, "header Transfer-Encoding is set by HTTP itself"],
    [{ allowPrivate: ["10.0.0.0/99"] }, "allowPrivate: 10.0.0.0/99 is no CIDR block such as 10.20.0.0/16"],
  ];
  for (const [given, message] of cases) expect(await send({ url, ...given })).toMatchObject({ status: "refused", error: { code: "configuration", message } });
  expect(await sink.ledger(pathOf(url))).toEqual([]);
});

test("Retry-After is read in seconds and as a date", async () => {
  expect(await send({ url: sink.url("after:429-7") })).toMatchObject({ error: { code: "http_status", status: 429, retryAfterMs: 7_000 } });
  const outcome = await send({ url: sink.url("after:503-30-date") });
  const asked = outcome.status === "confirmed" ? null : outcome.error.retryAfterMs;
  expect(asked).toBeGreaterThan(25_000);
  expect(asked).toBeLessThanOrEqual(30_000);
});

test("a redirect is refused and not followed", async () => {
  for (const status of ["301", "302", "303", "307", "308"])
    expect(await send({ url: sink.url(`redirect:${status}`) })).toMatchObject({ status: "refused", error: { code: "redirect", status: Number(status) }, answer: { headers: expect.arrayContaining([["location", "http://169.254.169.254/latest/meta-data/"]]) } });
});

test("sent and not answered is unknown", async () => {
  const unknown = (code: string) => ({ status: "unknown", error: { code }, answer: null });
  expect(await send({ url: sink.url("hang"), headTimeoutMs: 300 })).toMatchObject(unknown("timeout"));
  expect(await send({ url: sink.url("hang"), timeoutMs: 300 })).toMatchObject(unknown("timeout"));
  expect(await send({ url: sink.url("reset") })).toMatchObject(unknown("connection_reset"));
  expect(await send({ url: sink.url("cut-head") })).toMatchObject(unknown("connection_reset"));
  expect(await send({ url: sink.url("not-http") })).toMatchObject(unknown("protocol"));
  expect(await send({ url: sink.url("endless-headers") })).toMatchObject(unknown("too_large"));
});

test("a request of which a part was sent is unknown", async () => {
  await using proxy = await startFaultProxy({ host: "127.0.0.1", port: sink.port });
  proxy.cutAfter(1_000, "toServer");
  expect(await send({ url: `http://127.0.0.1:${proxy.port}/` }, { body: new Uint8Array(500_000) })).toMatchObject({ status: "unknown", error: { code: "connection_reset" } });
});

test("the head decides: a body that drips, never ends or breaks is cut", async () => {
  expect(await send({ url: sink.url("drip:200"), timeoutMs: 300 })).toMatchObject({ status: "confirmed", answer: { status: 200, cut: true } });
  expect(await send({ url: sink.url("torn:201") })).toMatchObject({ status: "confirmed", answer: { status: 201, cut: true } });
  expect(await send({ url: sink.url("drip:500"), timeoutMs: 300 })).toMatchObject({ status: "refused", error: { code: "http_status", status: 500 }, answer: { cut: true } });
  for (const status of [200, 500]) {
    const outcome = await send({ url: sink.url(`huge:${status}`) });
    expect(outcome).toMatchObject({ status: status === 200 ? "confirmed" : "refused", answer: { status, cut: true } });
    expect(outcome.answer?.body).toHaveLength(16_384);
  }
});

test("nothing sent is refused: no listener, no name, no TLS, no answer to the connection", async () => {
  const refused = (code: string) => ({ status: "refused", error: { code, status: null }, answer: null });
  const gone = await startHttpSink();
  await gone.kill();
  expect(await send({ url: `http://127.0.0.1:${gone.port}/` })).toMatchObject(refused("connection_refused"));
  expect(await send({ url: "http://no-such-host.invalid/" })).toMatchObject(refused("dns"));
  expect(await send({ url: `https://127.0.0.1:${sink.port}/` })).toMatchObject(refused("tls"));
  await using proxy = await startFaultProxy({ host: "127.0.0.1", port: sink.port });
  proxy.blackhole("both");
  expect(await send({ url: `https://127.0.0.1:${proxy.port}/`, headTimeoutMs: 300 })).toMatchObject(refused("timeout"));
  proxy.refuse();
  expect(await send({ url: `https://127.0.0.1:${proxy.port}/` })).toMatchObject(refused("connection_reset"));
});

test("a stop ends what waits, and says whether it was sent", async () => {
  const stop = new AbortController();
  const url = sink.url("hang");
  const waiting = opened({ url }).deliver(delivery(), stop.signal);
  await expect.poll(() => sink.ledger(pathOf(url))).toHaveLength(1);
  stop.abort();
  expect(await waiting).toMatchObject({ status: "unknown", error: { code: "worker_vanished" } });
  expect(await opened({ url: sink.url() }).deliver(delivery(), stop.signal)).toMatchObject({ status: "refused", error: { code: "worker_vanished" } });
});

test("connections are kept and shared by deliveries one after the other", async () => {
  let connections = 0;
  const server = createServer((_, response) => void response.writeHead(204).end()).on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const destination = opened({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  for (let n = 0; n < 20; n++) expect(await destination.deliver(delivery(), never)).toMatchObject({ status: "confirmed" });
  // the next may begin while undici still tidies up after the last
  expect(connections).toBeLessThanOrEqual(2);
  server.close();
});
