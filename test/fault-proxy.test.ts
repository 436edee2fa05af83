import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { startFaultProxy } from "./fault-proxy.ts";

const echo = createServer((socket) => {
  socket.on("error", () => {});
  socket.pipe(socket);
});
let target: { host: string; port: number };

beforeAll(async () => {
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  target = { host: "127.0.0.1", port: (echo.address() as AddressInfo).port };
});
afterAll(() => {
  echo.close();
});

async function client(port: number): Promise<{ socket: Socket; got: () => string; error: () => string | null }> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  let code: string | null = null;
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    code = error.code ?? error.message;
  });
  await once(socket, "connect");
  return { socket, got: () => text, error: () => code };
}

test("passes bytes both ways", async () => {
  await using proxy = await startFaultProxy(target);
  const { socket, got } = await client(proxy.port);
  socket.write("hello");
  await eventually(() => expect(got()).toBe("hello"));
  expect(proxy.bytes).toEqual({ toServer: 5, toClient: 5 });
});

test("a black hole swallows and keeps the connection open", async () => {
  await using proxy = await startFaultProxy(target);
  const { socket, got, error } = await client(proxy.port);
  proxy.blackhole("toClient");
  socket.write("lost");
  await eventually(() => expect(proxy.bytes.toClient).toBe(4));
  proxy.pass();
  socket.write("seen");
  await eventually(() => expect(got()).toBe("seen"));
  expect(error()).toBeNull();
});

test("cuts after a number of bytes, with a reset", async () => {
  await using proxy = await startFaultProxy(target);
  const { socket, got, error } = await client(proxy.port);
  proxy.cutAfter(3, "toServer");
  socket.write("abcdef");
  await eventually(() => expect(error()).toBe("ECONNRESET"));
  expect("abc".startsWith(got())).toBe(true);
  expect(proxy.connections()).toBe(0);
});

test("resets what is connected and what comes", async () => {
  await using proxy = await startFaultProxy(target);
  const first = await client(proxy.port);
  proxy.reset();
  await eventually(() => expect(first.error()).toBe("ECONNRESET"));
  proxy.refuse();
  const second = connect(proxy.port, "127.0.0.1");
  const code = await new Promise((resolve) => {
    second.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(code).toBe("ECONNRESET");
});

test("delays", async () => {
  await using proxy = await startFaultProxy(target);
  const { socket, got } = await client(proxy.port);
  proxy.latency(60);
  const start = Date.now();
  socket.write("a");
  await eventually(() => expect(got()).toBe("a"), { intervalMs: 5 });
  expect(Date.now() - start).toBeGreaterThanOrEqual(110);
});
