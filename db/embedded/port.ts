import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Home } from "./home.ts";

const FIRST = 55432;
const TRIES = 64;

/** Ports to try, best first: the wanted one, the one of the last start, then free ones from 55432 upwards. */
export async function* freePorts(home: Home, wanted: number | undefined): AsyncGenerator<number> {
  const remembered = Number((await readFile(home.port, "utf8").catch(() => "")).trim());
  const favourites = [wanted, remembered].filter((port): port is number => port !== undefined && port > 0 && port < 65_536);
  for (const port of new Set([...favourites, ...Array.from({ length: TRIES }, (_, index) => FIRST + index)])) {
    if (await isFree(port)) yield port;
  }
}

/** Whether nothing listens on the loopback port now. */
export const isFree = (port: number, host = "127.0.0.1"): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
