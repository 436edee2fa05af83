import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { freePorts } from "./free-port.ts";
import { rabbitAnswers } from "./rabbitmq-ready.ts";
import type { TestRabbit } from "./rabbitmq.ts";

const run = promisify(execFile);

/**
 * Runs the server and its name service until its input says "keep" (stop, leave the data) or ends (stop, leave nothing):
 * when the tests die, however they die, the pipe closes and no process or file stays. Prints the server's process id,
 * and "ended" when it has ended.
 */
const GUARD = `
epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 >/dev/null 2>&1 & names=$!
(
  "$RABBIT_SERVER" >"$RABBIT_OUTPUT" 2>&1 </dev/null & server=$!
  echo "$server" >"$HOME/pid"
  echo "$server"
  wait "$server"
  echo ended
) & runner=$!
read -r word
kill -9 "$(cat "$HOME/pid")" 2>/dev/null
wait "$runner"
kill -9 "$names"
[ "$word" = keep ] || rm -rf "$HOME"
`;

/** Starts a node of its own: free loopback ports, own name service, data, logs, cookie and plugins in a temporary folder. */
export async function startRabbitNode(
  server: string,
  { config, plugins }: { readonly config: readonly string[]; readonly plugins: readonly string[] },
): Promise<TestRabbit> {
  const folder = await mkdtemp(join(tmpdir(), "redrive-rabbit-"));
  const [port, distribution, names, management] = (await freePorts(4)) as [number, number, number, number];
  const managementUrl = `http://127.0.0.1:${management}`;
  await writeFile(join(folder, ".erlang.cookie"), `REDRIVE${process.pid}`, { mode: 0o400 });
  await writeFile(join(folder, "plugins"), `[${plugins.join(",")}].\n`);
  await writeFile(join(folder, "env.conf"), "");
  await writeFile(
    join(folder, "rabbitmq.conf"),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      "management.tcp.ip = 127.0.0.1",
      `management.tcp.port = ${management}`,
      "log.file.level = warning",
      "disk_free_limit.absolute = 1MB",
      ...config,
      "",
    ].join("\n"),
  );
  await mkdir(join(folder, "log"));
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LANG: "C.UTF-8",
    ERL_EPMD_PORT: String(names),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: `redrive-test-${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    // Not the machine's file, which names the system's node.
    RABBITMQ_CONF_ENV_FILE: join(folder, "env.conf"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false",
    // The script then runs the server in its own process instead of a child, so that its id is the server's.
    RUNNING_UNDER_SYSTEMD: "true",
    RABBIT_SERVER: server,
    RABBIT_OUTPUT: join(folder, "output"),
  };

  let guard: Guard;
  const start = async (): Promise<void> => {
    guard = await startGuard(env);
    await rabbitAnswers(port, managementUrl, () => {
      if (guard.ended()) throw new Error("the RabbitMQ node has ended");
    }).catch(async (error: unknown) => {
      const output = await readFile(join(folder, "output"), "utf8").catch(() => "");
      await guard.finish("remove");
      throw new Error(`RabbitMQ did not start:\n${output.slice(-2000)}`, { cause: error });
    });
  };

  await start();
  return {
    host: "127.0.0.1",
    port,
    username: "guest",
    password: "guest",
    vhost: "/",
    managementUrl,
    origin: "private node",
    restart: async () => {
      await guard.signal("SIGTERM");
      await guard.finish("keep");
      await start();
    },
    kill9AndStart: async () => {
      await guard.signal("SIGKILL");
      await guard.finish("keep");
      await start();
    },
    ctl: async (...args) => {
      await run(join(dirname(server), "rabbitmqctl"), args, { env: { NODE_ENV: "test", ...env } });
    },
    stop: () => guard.finish("remove"),
  };
}

type Guard = {
  /** Whether the server has ended. */
  ended(): boolean;
  /** Signals the server and resolves when it has ended; after 30 s it is killed. */
  signal(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  finish(data: "keep" | "remove"): Promise<void>;
};

async function startGuard(env: Record<string, string>): Promise<Guard> {
  // In a process group of its own: a signal to the tests must not end the guard before it has tidied up.
  const guard = spawn("/bin/sh", ["-c", GUARD], { env: { NODE_ENV: "test", ...env }, stdio: ["pipe", "pipe", "ignore"], detached: true });
  const lines = createInterface({ input: guard.stdout });
  const [pid] = (await once(lines, "line")) as [string];
  let ended = false;
  const end = once(lines, "line").then(() => {
    ended = true;
  });
  return {
    ended: () => ended,
    signal: async (signal) => {
      if (!ended) process.kill(Number(pid), signal);
      const timer = setTimeout(() => ended || process.kill(Number(pid), "SIGKILL"), 30_000);
      await end;
      clearTimeout(timer);
    },
    finish: async (data) => {
      const closed = guard.exitCode === null ? once(guard, "close") : null;
      guard.stdin.end(data === "keep" ? "keep\n" : "");
      await closed;
    },
  };
}
