import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./sink.ts", import.meta.url));

/** bench/sink.ts in a process of its own. */
export type Sink = AsyncDisposable & {
  readonly pid: number;
  readonly origin: string;
  /** What came since this was asked last. */
  ids(): Promise<string[]>;
};

export async function startSink(): Promise<Sink> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const origin = await originOf(child.stdout);
  return {
    pid: child.pid ?? 0,
    origin,
    ids: async () => (await (await fetch(`${origin}/ids`)).json()) as string[],
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function originOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const [, port] = /^ready (\d+)$/.exec(line) ?? [];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
  }
  throw new Error("the sink ended before it was ready");
}
