import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { env } from "./env.ts";

const ROOT = resolve(import.meta.dirname, "../..");
export const HOME = resolve(ROOT, env.home);

export type Running = {
  /** Resolves to the match once a line fits; rejects when the program ends first. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves to the exit code, null after a signal. */
  readonly ended: Promise<number | null>;
  stop(signal?: NodeJS.Signals): Promise<void>;
};

/** Starts a Node program in the folder of the clone; `shown` gets each line it prints. */
function start(args: readonly string[], shown: (line: string) => void = () => undefined, environment: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [...args], { cwd: ROOT, env: { ...env.all, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      shown(line);
      for (const look of waiting) look();
    });
  }
  // "close" comes when the last line has been read, too
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
          if (found === undefined || found === null) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`${args.join(" ")} ended:\n${lines.slice(-20).join("\n")}`)));
      }),
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      await ended;
    },
  };
}

/** A program of this example. */
export const own = ([name, ...args]: readonly [string, ...string[]], shown?: (line: string) => void): Running => start([join(import.meta.dirname, name), ...args], shown);

/** A command of Redrive's own command line; the route of redrive.yaml delivers to the inventory at `inventoryPort`. */
export const redrive = (command: string, inventoryPort: number, shown?: (line: string) => void): Running => start(["cli/redrive.ts", command], shown, redriveEnvironment(inventoryPort));

/** redrive.yaml of this example, and what it takes from the environment. */
function redriveEnvironment(inventoryPort: number): Record<string, string> {
  const { hostname, port, pathname, username, password } = new URL(env.rabbitmqUrl);
  return {
    REDRIVE_HOME: HOME,
    REDRIVE_CONFIG: join(import.meta.dirname, "redrive.yaml"),
    REDRIVE_PRIVATE_DESTINATIONS: "127.0.0.0/8",
    EXAMPLE_INVENTORY_PORT: String(inventoryPort),
    EXAMPLE_RABBITMQ_HOST: hostname,
    EXAMPLE_RABBITMQ_PORT: port || "5672",
    EXAMPLE_RABBITMQ_VHOST: decodeURIComponent(pathname.slice(1)) || "/",
    EXAMPLE_RABBITMQ_USERNAME: decodeURIComponent(username) || "guest",
    EXAMPLE_RABBITMQ_PASSWORD: decodeURIComponent(password) || "guest",
  };
}
