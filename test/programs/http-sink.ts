// An HTTP endpoint that fails as told: node http-sink.ts [port]. Prints `ready <port>`.
// POST /say/<behaviour>,<behaviour>,.../anything: the n-th request of one webhook-id is met with the n-th behaviour, the last
// one repeats. GET /ledger: all requests there were, in order.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const ledger: { path: string; method: string; headers: [string, string][]; body: string; at: number }[] = [];
const seen = new Map<string, number>();
const TEN_GIGABYTES = 10 * 1024 ** 3;

type Behave = (request: IncomingMessage, response: ServerResponse, argument: string) => void;

const BEHAVIOURS: Readonly<Record<string, Behave>> = {
  hang: () => undefined,
  /** Takes the whole request, then resets. */
  reset: (request) => void request.socket.resetAndDestroy(),
  /** Half a head, then the end. */
  "cut-head": (request) => void request.socket.end("HTTP/1.1 200 OK\r\ncontent-le"),
  "not-http": (request) => void request.socket.end("220 mail.example ESMTP\r\n"),
  "endless-headers": (request) => {
    request.socket.write("HTTP/1.1 200 OK\r\n");
    pour(request.socket, () => `x-${ledger.length}: ${"h".repeat(1_000)}\r\n`, Number.POSITIVE_INFINITY);
  },
  /** A head, then one byte every ten seconds. */
  drip: (request, response, status) => {
    response.writeHead(Number(status), { "content-length": "1000" }).flushHeaders();
    const drops = setInterval(() => response.write("."), 10_000);
    response.write(".");
    request.socket.on("close", () => clearInterval(drops));
  },
  huge: (_, response, status) => {
    response.writeHead(Number(status), { "content-length": String(TEN_GIGABYTES) });
    const block = Buffer.alloc(65_536, "x");
    pour(response, () => block, TEN_GIGABYTES);
  },
  redirect: (_, response, status) => void response.writeHead(Number(status), { location: "http://169.254.169.254/latest/meta-data/" }).end(),
  /** Status and seconds, or a date that many seconds away. */
  after: (_, response, argument) => {
    const [status = "", seconds = "", form] = argument.split("-");
    const value = form === "date" ? new Date(Date.now() + Number(seconds) * 1_000).toUTCString() : seconds;
    response.writeHead(Number(status), { "retry-after": value }).end("later");
  },
  slow: (_, response, ms) => void setTimeout(() => response.writeHead(200).end("slow"), Number(ms)),
  /** A 2xx or other status whose body ends too early. */
  torn: (request, response, status) => {
    response.writeHead(Number(status), { "content-length": "1000" });
    response.write("beginning", () => request.socket.resetAndDestroy());
  },
};

function pour(to: NodeJS.WritableStream & { readonly destroyed?: boolean }, chunk: () => string | Buffer, total: number): void {
  let sent = 0;
  const more = (): void => {
    while (sent < total && to.destroyed !== true) {
      const next = chunk();
      sent += next.length;
      if (!to.write(next)) return void to.once("drain", more);
    }
  };
  more();
}

function behave(request: IncomingMessage, response: ServerResponse): void {
  const told = decodeURIComponent(/^\/say\/([^/?]+)/.exec(request.url ?? "")?.[1] ?? "200").split(",");
  const id = `${request.url} ${String(request.headers["webhook-id"] ?? ledger.length)}`;
  const times = seen.get(id) ?? 0;
  seen.set(id, times + 1);
  const behaviour = told[Math.min(times, told.length - 1)] ?? "200";
  if (/^\d{3}$/.test(behaviour)) return void response.writeHead(Number(behaviour), { "content-type": "text/plain", "set-cookie": "session=1", "x-answer": behaviour }).end(`answer ${behaviour}`);
  const [name = "", argument = ""] = behaviour.split(":");
  const act = BEHAVIOURS[name];
  if (act === undefined) return void response.writeHead(500).end(`the sink knows no ${name}`);
  act(request, response, argument);
}

const server = createServer((request, response) => {
  if (request.url === "/ledger") return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(ledger));
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.on("end", () => {
    const { rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""] as [string, string]] : []));
    ledger.push({ path: request.url ?? "", method: request.method ?? "", headers, body: Buffer.concat(chunks).toString("base64"), at: Date.now() });
    behave(request, response);
  });
});
server.on("connection", (socket) => socket.on("error", () => undefined));
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`));
