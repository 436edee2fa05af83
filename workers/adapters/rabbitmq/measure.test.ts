import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessTo, makePlace, openNative, runsRabbit } from "#test/brokers/rabbitmq-harness.ts";
import { numbered } from "#test/adapter-contract-capture.ts";
import { nextBatch, LIMITS } from "#test/adapter-reading.ts";
import { freePorts } from "#test/brokers/free-port.ts";
import { eventually } from "#test/eventually.ts";
import type { ChannelModel } from "./client.ts";
import { connectRabbit } from "./connect.ts";

let model: ChannelModel;
beforeAll(async () => {
  model = await openNative(runsRabbit());
});
afterAll(() => model.close());

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const open = (settings: Parameters<typeof accessTo>[1]) =>
  connectRabbit({ name: "measure.test", ...accessTo(runsRabbit(), settings), signal: soon() });
const withApi = (): { managementUrl: string } => {
  const { managementUrl } = runsRabbit();
  if (managementUrl === "") throw new Error("the tests' RabbitMQ has no management API");
  return { managementUrl };
};

async function serve(answer: (url: string) => { status: number; body: string }): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? "");
    response.writeHead(status, { location: "http://127.0.0.1:1/" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("the management API tells what waits and what is with consumers", async () => {
  await using session = await open(withApi());
  const place = await makePlace(model, "classic");
  await place.put(numbered(5));
  const batches = session.capture(place.source, null, { ...LIMITS, maxCount: 5 }, soon())[Symbol.asyncIterator]();
  await nextBatch(batches);
  await place.put(numbered(60));
  await eventually(
    async () => {
      const [depth] = await session.depth([place.source], soon());
      expect(depth).toMatchObject({ kind: "estimate", consumers: null });
      if (depth?.kind === "unknown") throw depth.fault;
      expect((depth?.inFlight ?? 0) + (depth?.ready ?? 0)).toBe(65);
      expect(depth?.inFlight).toBeGreaterThanOrEqual(5);
    },
    { timeoutMs: 15_000 },
  );
  await batches.return?.();
});

test("without an answer of the management API the queues are asked themselves", async () => {
  const [port] = (await freePorts(1)) as [number];
  await using session = await open({ managementUrl: `http://127.0.0.1:${port}` });
  const place = await makePlace(model, "quorum");
  await place.put(numbered(2));
  expect(await session.depth([place.source], soon())).toMatchObject([{ kind: "exact", ready: 2, inFlight: null, consumers: 0 }]);
  await expect(session.discover(soon())).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
});

test("a stream's depth is unknown, and a missing stream is not found", async () => {
  await using session = await open({});
  const place = await makePlace(model, "stream");
  const depths = await session.depth([place.source, { queue: "missing.stream", type: "stream" }], soon());
  expect(depths).toMatchObject([
    { kind: "unknown", fault: { code: "unsupported" } },
    { kind: "unknown", fault: { code: "not_found" } },
  ]);
});

test("many queues with holes among them are measured in their order", async () => {
  await using session = await open({});
  const places = await Promise.all(Array.from({ length: 6 }, () => makePlace(model, "classic")));
  await Promise.all(places.map((place, index) => place.put(numbered(index))));
  const sources = places.flatMap(({ source }) => [source, { queue: `no.${source.queue}`, type: "classic" } as const]);
  const depths = await session.depth(sources, soon());
  expect(depths.map((depth) => (depth.kind === "unknown" ? depth.fault.code : depth.ready))).toEqual(
    [0, 1, 2, 3, 4, 5].flatMap((count) => [count, "not_found"]),
  );
});

test("discover reads policies, types and warnings", async () => {
  const { managementUrl } = withApi();
  await using session = await open({ managementUrl });
  const grave = await makePlace(model, "quorum");
  const work = await makePlace(model, "classic", { "x-dead-letter-exchange": `gone.${crypto.randomUUID()}` });
  const ruled = await makePlace(model, "classic");
  const { username, password, vhost } = runsRabbit();
  const policy = `${managementUrl}/api/policies/${encodeURIComponent(vhost)}/${ruled.queue}`;
  const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
  const definition = { "dead-letter-exchange": "", "dead-letter-routing-key": grave.queue };
  const body = JSON.stringify({ pattern: `^${ruled.queue}$`, definition, "apply-to": "queues" });
  expect((await fetch(policy, { method: "PUT", headers, body })).ok).toBe(true);
  await eventually(
    async () => {
      const found = await session.discover(soon());
      const named = (name: string) => found.find((queue) => queue.name === name);
      expect(named(grave.queue)).toMatchObject({
        type: "quorum",
        custody: "taken",
        source: grave.source,
        deadLetterSigns: [{ sign: "target_of", queue: ruled.queue }],
      });
      expect(named(grave.queue)?.warnings.join()).toMatch(/delivery-limit/);
      expect(named(work.queue)?.warnings.join()).toMatch(/does not exist/);
    },
    { timeoutMs: 15_000, intervalMs: 300 },
  );
  await fetch(policy, { method: "DELETE", headers });
});

test("without the management API the queues named in the settings are listed, where they exist", async () => {
  const place = await makePlace(model, "classic");
  await using session = await open({ queues: `${place.queue}\n missing.one , ${place.queue}` });
  expect(await session.discover(soon())).toMatchObject([{ name: place.queue, type: "unknown", deadLetterSigns: [] }]);
});

test.each<[string, { status: number; body: string }, string]>([
  ["a refused login", { status: 401, body: "{}" }, "unauthorised"],
  ["another server", { status: 404, body: "<html>" }, "not_found"],
  ["no JSON", { status: 200, body: "<html>" }, "invalid"],
  ["other JSON", { status: 200, body: '{"items":[{"name":{}}]}' }, "invalid"],
  ["a redirect", { status: 302, body: "" }, "unreachable"],
  ["trouble", { status: 500, body: "" }, "unreachable"],
])("the management API answering %s is a fault of discover", async (_label, answer, code) => {
  await using server = await serve(() => answer);
  await using session = await open({ managementUrl: server.url });
  await expect(session.discover(soon())).rejects.toMatchObject({ name: "Fault", code });
});
