import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy in front of a server, whose faults tests switch. */
export type FaultProxy = AsyncDisposable & {
  readonly port: number;
  /** From now on nothing passes in either direction, and nobody is told: a half-open connection. */
  freeze(): void;
  /** What the server says no longer arrives, what the client says still does. */
  muteServer(): void;
  /** Ends all connections at once; new ones pass. */
  cut(): void;
  /** Whether the client has said `text` since the last fault was switched. */
  heard(text: string): boolean;
};

/** Listens on a free loopback port. */
export async function faultProxy(host: string, port: number): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let frozen = false;
  let mute = false;
  let said = "";
  const server = createServer((client) => {
    const upstream = connect(port, host);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.on("error", end).on("close", end);
    client.on("data", (bytes) => {
      said += bytes.toString("latin1");
      if (!frozen) upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (!frozen && !mute) client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const cut = (): void => {
    for (const [client] of pairs) client.destroy();
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    freeze() {
      frozen = true;
      said = "";
    },
    muteServer() {
      mute = true;
      said = "";
    },
    cut,
    heard: (text) => said.includes(text),
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
