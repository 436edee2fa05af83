import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { startSchemaRegistry, type RegistryContent } from "#test/brokers/schema-registry.ts";
import { fetchSchema, registryOf } from "./schema-registry.ts";

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function registry(content: RegistryContent) {
  const started = await startSchemaRegistry(content);
  open.push(started);
  return started;
}
const soon = () => AbortSignal.timeout(5_000);
const at = (url: string, user = "", password = "") => ({ url, user, password });

test("a schema comes with all it refers to, those first that others need", async () => {
  const { url, asked } = await registry({
    ids: { 7: { schema: "main", schemaType: "PROTOBUF", references: [{ name: "a.proto", subject: "a b", version: 2 }] } },
    subjects: {
      "a b/2": { schema: "a", references: [{ name: "b.proto", subject: "b", version: 1 }, { name: "c.proto", subject: "c", version: 1 }] },
      "b/1": { schema: "b", references: [{ name: "c.proto", subject: "c", version: 1 }] },
      "c/1": { schema: "c" },
    },
  });
  expect(await fetchSchema(at(`${url}/`), 7, soon())).toEqual({
    type: "PROTOBUF",
    text: "main",
    references: [{ name: "c.proto", text: "c" }, { name: "b.proto", text: "b" }, { name: "a.proto", text: "a" }],
  });
  expect(asked).toEqual(["/schemas/ids/7", "/subjects/a%20b/versions/2", "/subjects/b/versions/1", "/subjects/c/versions/1"]);
});

test("no type is Avro, and the login is sent", async () => {
  const { url } = await registry({ ids: { 1: { schema: '"long"' } }, login: "rita:secret" });
  expect(await fetchSchema(at(url, "rita", "secret"), 1, soon())).toEqual({ type: "AVRO", text: '"long"', references: [] });
  await expect(fetchSchema(at(url, "rita", "wrong"), 1, soon())).rejects.toMatchObject({ code: "unauthorised" });
  await expect(fetchSchema(at(url), 1, soon())).rejects.toMatchObject({ code: "unauthorised" });
});

test("a schema that is not there, of a kind unknown, or that refers to itself without end", async () => {
  const { url } = await registry({
    ids: { 2: { schema: "x", schemaType: "XSD" }, 3: { schema: "x", references: [{ name: "0", subject: "deep", version: 0 }] } },
    subjects: Object.fromEntries(Array.from({ length: 40 }, (_, level) => [`deep/${level}`, { schema: "x", references: [{ name: `${level + 1}`, subject: "deep", version: level + 1 }] }])),
  });
  await expect(fetchSchema(at(url), 1, soon())).rejects.toMatchObject({ code: "not_found" });
  await expect(fetchSchema(at(url), 2, soon())).rejects.toMatchObject({ code: "unsupported" });
  await expect(fetchSchema(at(url), 3, soon())).rejects.toMatchObject({ code: "too_large" });
});

/** A server that is no registry. */
async function stranger(listener: Parameters<typeof createServer>[1]): Promise<{ url: string; server: Server }> {
  const server = createServer(listener as never);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  open.push({
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test("a redirect is not followed: the login stays where it was meant for", async () => {
  const asked: (string | undefined)[] = [];
  const target = await stranger((request, response) => {
    asked.push(request.headers.authorization);
    response.end("{}");
  });
  const { url } = await stranger((_, response) => void response.writeHead(302, { location: target.url }).end());
  await expect(fetchSchema(at(url, "rita", "secret"), 1, soon())).rejects.toMatchObject({ code: "unsupported" });
  expect(asked).toEqual([]);
});

test.each([
  ["endless", "too_large", (_: unknown, response: ServerResponse) => {
    const more = (): void => void (response.write("x".repeat(65_536)) ? setImmediate(more) : response.once("drain", more));
    more();
  }],
  ["no JSON", "invalid", (_: unknown, response: ServerResponse) => void response.end("<html>secret</html>")],
  ["no schema", "invalid", (_: unknown, response: ServerResponse) => void response.end('{"schema": 1}')],
  ["an error", "unreachable", (_: unknown, response: ServerResponse) => void response.writeHead(503).end("secret")],
])("an answer that is %s is the fault %s, and nothing of it is repeated", async (_, code, listener) => {
  const { url } = await stranger(listener);
  const fault: unknown = await fetchSchema(at(url), 1, soon()).catch((error: unknown) => error);
  expect(fault).toMatchObject({ code });
  expect(String(fault)).not.toContain("secret");
});

test("a server that never answers ends with the deadline, and one that is not there at once", async () => {
  const { url, server } = await stranger(() => undefined);
  await expect(fetchSchema(at(url), 1, AbortSignal.timeout(300))).rejects.toMatchObject({ code: "timeout" });
  server.closeAllConnections();
  await expect(fetchSchema(at("http://127.0.0.1:1"), 1, soon())).rejects.toMatchObject({ code: "unreachable" });
});

test("only Kafka's connections name a registry, and only where one is set", () => {
  const secrets = JSON.stringify({ password: "p", schemaRegistryPassword: "s" });
  expect(registryOf("kafka", JSON.stringify({ schemaRegistryUrl: "https://r", schemaRegistryUser: "u" }), secrets)).toEqual({ url: "https://r", user: "u", password: "s" });
  expect(registryOf("kafka", "{}", secrets)).toBeNull();
  expect(registryOf("rabbitmq", "{}", "{}")).toBeNull();
});
