import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { frameReader } from "#workers/adapters/rocketmq/frame.ts";
import type { RocketMqAddress } from "./rocketmq.ts";

/**
 * In front of a real name server: passes everything on and tells another port of the broker. Both ports have five digits,
 * so that no length changes.
 */
export async function startRedirectingNameServer({ host, nameServerPort, brokerPort }: RocketMqAddress, port: number): Promise<AsyncDisposable & { readonly port: number }> {
  const [from, to] = [`${host}:${brokerPort}`, `${host}:${port}`];
  if (from.length !== to.length) throw new Error(`${from} and ${to} differ in length`);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host, port: nameServerPort });
    const read = frameReader();
    client.pipe(upstream);
    upstream.on("data", (chunk: Buffer) => {
      for (const frame of read(chunk)) {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(frame.length);
        client.write(Buffer.concat([length, Buffer.from(frame.toString("latin1").replaceAll(from, to), "latin1")]));
      }
    });
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
