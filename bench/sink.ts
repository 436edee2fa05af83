// An HTTP endpoint that takes everything: node bench/sink.ts. Prints `ready <port>`.
// POST /<ms>: answers 200 after so many milliseconds. POST /hang: never answers.
// GET /ids: the ids of the messages that came since this was asked last, as JSON.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { idIn } from "./messages.ts";

let ids: string[] = [];

const server = createServer((request, response) => {
  const path = request.url ?? "";
  if (path === "/ids") {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(ids));
    ids = [];
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.on("end", () => {
    if (path === "/hang") return;
    ids.push(idIn(Buffer.concat(chunks)));
    const ms = Number(path.slice(1));
    if (ms > 0) setTimeout(answer, ms, response);
    else answer(response);
  });
});

function answer(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/plain" }).end("taken");
}

server.listen(0, "127.0.0.1", () => process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`));
