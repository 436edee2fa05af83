import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { createApiKey } from "#server/services/api-keys.ts";
import { handlePublication, handlePublish, handleToken } from "#server/publish-http.ts";
import type { RedisAddress } from "../brokers/redis.ts";
import { streamAccess } from "../brokers/redis-stream-harness.ts";
import { ORIGIN, testGate } from "../people.ts";
import { brokerScene, type BrokerScene } from "./broker-scene.ts";

type Said = { readonly status: number; readonly headers: Headers; readonly json: Record<string, unknown> };
export type PublishApi = AsyncDisposable & {
  readonly scene: BrokerScene;
  readonly key: string;
  readonly keyId: string;
  ask(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string>; key?: string | null }): Promise<Said>;
  publish(target: string, body: string, idempotencyKey?: string, more?: object): Promise<Said>;
};

/**
 * A scene on a Redis, with a source on `queue`, and the handlers of the web behind a real HTTP server. An answer waits for `waitMs`;
 * `store` remembers Idempotency-Keys.
 */
export async function publishApi(server: RedisAddress, queue: string, { waitMs = 30_000, store = "postgres" } = {}): Promise<PublishApi> {
  const stack = new AsyncDisposableStack();
  const scene = stack.use(await brokerScene({ name: "orders", kind: "redis-stream", ...streamAccess(server) }, redisStream.source.parse({ queue })));
  const at = testGate(scene.pool, ORIGIN, store);
  stack.defer(() => at.idempotency?.close());
  const made = await createApiKey(scene.pool.db, { id: null, name: "test" }, "shop");
  const http = createServer((request, response) => {
    void (async () => {
      const asked = await requestOf(request);
      const { pathname } = new URL(asked.url);
      const answer = pathname === "/api/token" ? await handleToken(at, asked) : pathname === "/api/v1/messages" ? await handlePublish(at, asked, { waitMs }) : await handlePublication(at, asked, pathname.split("/").at(-1) ?? "");
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  stack.defer(() => void http.close());
  stack.defer(() => http.closeAllConnections());
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const ask: PublishApi["ask"] = async (method, path, { body, headers = {}, key = made.key } = {}) => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, json: (await answer.json()) as Record<string, unknown> };
  };
  const kept = stack.move();
  return {
    scene,
    key: made.key,
    keyId: made.id,
    ask,
    publish: (target, body, idempotencyKey, more = {}) =>
      ask("POST", "/api/v1/messages", { body: { connection: "orders", target: { key: target }, body, ...more }, headers: idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey } }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function requestOf(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const init = { method: request.method ?? "GET", headers: request.headers as Record<string, string> };
  return new Request(`http://web${request.url}`, chunks.length === 0 ? init : { ...init, body: Buffer.concat(chunks) });
}
