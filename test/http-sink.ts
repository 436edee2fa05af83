import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./programs/http-sink.ts", import.meta.url));

/** One request as the sink got it. */
type SinkEntry = {
  readonly path: string;
  readonly method: string;
  /** As they came on the wire, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** ms since 1970. */
  readonly at: number;
};

/** An HTTP endpoint in a process of its own, which fails as told and keeps a ledger of what it got. */
export type HttpSink = AsyncDisposable & {
  readonly port: number;
  /** An address whose n-th request of one message is met with the n-th behaviour, see test/programs/http-sink.ts. */
  url(...behaviours: readonly string[]): string;
  /** What came to addresses that contain `part`, oldest first. */
  ledger(part?: string): Promise<SinkEntry[]>;
  /** Ends it as kill -9 does. */
  kill(): Promise<void>;
};

let made = 0;

/** Starts a sink on a free loopback port, or on `port`. */
export async function startHttpSink(port = 0): Promise<HttpSink> {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const listening = await listeningOn(child);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  return {
    port: listening,
    url: (...behaviours) => {
      made += 1;
      return `http://127.0.0.1:${listening}/say/${behaviours.join(",") || "200"}/${made}`;
    },
    ledger: async (part = "") => {
      const answer = await fetch(`http://127.0.0.1:${listening}/ledger`);
      const entries = (await answer.json()) as (Omit<SinkEntry, "body"> & { body: string })[];
      return entries.filter(({ path }) => path.includes(part)).map((entry) => ({ ...entry, body: Buffer.from(entry.body, "base64") }));
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

async function listeningOn(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("the sink has no output");
  for await (const line of createInterface(child.stdout)) {
    const [, port] = /^ready (\d+)$/.exec(line) ?? [];
    if (port !== undefined) return Number(port);
  }
  throw new Error("the sink ended before it was ready");
}
