import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isDown } from "./failures.ts";
import type { Goods } from "./goods.ts";
import { pause } from "./pace.ts";

/** What a service answers to an order. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** ms until it answers. */
  readonly delayMs: number;
};

/** A service of the demo, listening on loopback. */
export type ServiceSink = { readonly port: number; close(): Promise<void> };

const RETRY_AFTER_SECONDS = 2;
/** Beyond what the demo's routes wait for: the order is taken, and the sender never learns of it. */
const TOO_SLOW_MS = 4_000;

/** What the service makes of an order now; `luck` in [0, 1) decides its moods. What is wrong with an order stays wrong until it is edited. */
export function answerTo(service: string, order: Goods, now: Date, luck: number): Answer {
  if (isDown(service, now)) return answer(503, { error: `${service} is being restarted` });
  if (luck < 0.04) return { ...answer(429, { error: "too many requests" }), headers: { "retry-after": String(RETRY_AFTER_SECONDS) } };
  const wrong = wrongWith(order);
  if (wrong !== null) return answer(422, wrong);
  if (luck < 0.06) return { ...answer(200, { accepted: true }), delayMs: TOO_SLOW_MS };
  return { ...answer(200, { accepted: true }), delayMs: luck < 0.12 ? 900 : 5 + luck * 40 };
}

const answer = (status: number, body: Answer["body"]): Answer => ({ status, headers: {}, body, delayMs: 5 });

function wrongWith(order: Goods): Answer["body"] | null {
  if (order["note"] !== undefined) return { error: "note is not allowed here", field: "/note" };
  const postcode = String((order["shipTo"] as Goods | undefined)?.["postcode"] ?? "");
  return postcode.startsWith("99") ? { error: `nothing is shipped to ${postcode}`, field: "/shipTo/postcode" } : null;
}

/**
 * Starts the service on the wished loopback port, or on a free one where that is taken or 0. It knows an order it has taken by
 * its `webhook-id` and does not take it twice; `now` tells when it is down. Rejects when nothing can be listened on.
 */
export async function startSink(service: string, wishedPort: number, now = (): Date => new Date()): Promise<ServiceSink> {
  const ended = new AbortController();
  const taken = new Set<string>();
  const server = createServer((request, response) => {
    void respond(request).catch(() => response.destroy());
    async function respond({ headers }: IncomingMessage): Promise<void> {
      const order = await orderIn(request);
      const id = String(headers["webhook-id"] ?? "");
      const said = order === null ? answer(400, { error: "the body is no JSON object" }) : answerTo(service, order, now(), Math.random());
      const again = taken.has(id);
      if (said.status === 200) remember(taken, id);
      await pause(said.delayMs, ended.signal);
      response.writeHead(said.status, { "content-type": "application/json", ...said.headers }).end(JSON.stringify(again ? { ...said.body, again } : said.body));
    }
  });
  await listening(server, wishedPort).catch(() => listening(server, 0));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      ended.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const REMEMBERED = 10_000;

function remember(taken: Set<string>, id: string): void {
  taken.add(id);
  const [oldest] = taken;
  if (taken.size > REMEMBERED && oldest !== undefined) taken.delete(oldest);
}

async function orderIn(request: IncomingMessage): Promise<Goods | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Goods) : null;
  } catch {
    return null;
  }
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
