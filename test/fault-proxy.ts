import { createServer, connect, type AddressInfo, type Socket } from "node:net";

type Direction = "toServer" | "toClient" | "both";

/** A TCP proxy in front of a real server that can make the network fail, for connections there are and those to come. */
export type FaultProxy = AsyncDisposable & {
  readonly host: string;
  readonly port: number;
  /** Bytes that arrived so far, whether passed on or not. */
  readonly bytes: { toServer: number; toClient: number };
  connections(): number;
  /** Everything flows again on new connections and on those that only waited. */
  pass(): void;
  /** Swallows what comes, and keeps the connection open: a half-open network. What was swallowed is lost. */
  blackhole(direction: Direction): void;
  /** Delays every chunk, in order. 0 ends it. */
  latency(ms: number): void;
  /** After this many more bytes in the direction, every connection is reset. */
  cutAfter(bytes: number, direction: "toServer" | "toClient"): void;
  /** Resets every connection there is. */
  reset(): void;
  /** Resets new connections at once. */
  refuse(): void;
};

/** Starts a proxy on a loopback port, a free one unless it is named. */
export async function startFaultProxy(target: { readonly host: string; readonly port: number }, port = 0): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const bytes = { toServer: 0, toClient: 0 };
  let swallowed: Direction | null = null;
  let delayMs = 0;
  let refusing = false;
  let cut: { direction: "toServer" | "toClient"; left: number } | null = null;

  const reset = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
    pairs.clear();
  };
  const server = createServer({ noDelay: true }, (client) => {
    if (refusing) return void client.resetAndDestroy();
    const upstream = connect({ ...target, noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    carry(client, upstream, "toServer");
    carry(upstream, client, "toClient");
    for (const socket of pair) {
      socket.on("error", () => {});
      socket.on("close", () => pairs.delete(pair));
    }
  });
  const carry = (from: Socket, to: Socket, direction: "toServer" | "toClient"): void => {
    const hidden = (): boolean => swallowed === "both" || swallowed === direction;
    const later = (action: () => void): void => {
      if (delayMs === 0) action();
      else setTimeout(action, delayMs);
    };
    from.on("data", (chunk: Buffer) => {
      bytes[direction] += chunk.length;
      if (hidden()) return;
      let passed = chunk;
      if (cut?.direction === direction) {
        passed = chunk.subarray(0, cut.left);
        cut.left -= passed.length;
        if (cut.left === 0) {
          to.write(passed, reset);
          return;
        }
      }
      later(() => {
        if (to.writable && !to.write(passed)) {
          from.pause();
          to.once("drain", () => from.resume());
        }
      });
    });
    from.on("end", () => later(() => hidden() || to.end()));
    from.on("close", () => later(() => hidden() || to.destroy()));
  };

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    bytes,
    connections: () => pairs.size,
    pass: () => {
      swallowed = null;
      cut = null;
      refusing = false;
    },
    blackhole: (direction) => {
      swallowed = direction;
    },
    latency: (ms) => {
      delayMs = ms;
    },
    cutAfter: (left, direction) => {
      cut = { direction, left };
    },
    reset,
    refuse: () => {
      refusing = true;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      reset();
      await closed;
    },
  };
}
