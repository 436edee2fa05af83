import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { startDockerRabbit } from "./rabbitmq-docker.ts";
import { startRabbitNode } from "./rabbitmq-node.ts";

const run = promisify(execFile);

/** A RabbitMQ that tests may use, and with `own` also stop and kill. Login guest/guest, vhost "/". */
export type TestRabbit = {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  /** "" when the management API is not reachable. */
  readonly managementUrl: string;
  /** Where it came from, for the log: "TEST_RABBITMQ_URL", "private node", "docker". */
  readonly origin: string;
  /** Stops it in order and starts it again on the same ports with the same data. */
  restart(): Promise<void>;
  /** kill -9, then start. */
  kill9AndStart(): Promise<void>;
  /** Runs rabbitmqctl against it. */
  ctl(...args: string[]): Promise<void>;
  /** Leaves no process and no file behind. */
  stop(): Promise<void>;
};

export type RabbitOrReason = { readonly rabbit: TestRabbit } | { readonly rabbit: null; readonly reason: string };

export type StartOptions = {
  /** A broker that is the caller's alone. */
  readonly own?: boolean;
  /** Further lines of rabbitmq.conf; not for the broker of TEST_RABBITMQ_URL. */
  readonly config?: readonly string[];
  /** Plugins of a private node. */
  readonly plugins?: readonly string[];
};

const SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/**
 * A RabbitMQ for tests: TEST_RABBITMQ_URL (unless `own`: a fault test must not stop someone's broker), else a private
 * node of the installed server, else the same after installing it from Debian, else docker; else null and why.
 */
export async function startRabbit({ own = false, config = [], plugins = ["rabbitmq_management"] }: StartOptions = {}): Promise<RabbitOrReason> {
  const url = process.env["TEST_RABBITMQ_URL"];
  if (url && !own) return { rabbit: given(new URL(url)) };
  if (!existsSync(SERVER)) await installFromDebian();
  if (existsSync(SERVER)) return { rabbit: await startRabbitNode(SERVER, { config, plugins }) };
  const docker = await run("docker", ["version"]).then(
    () => true,
    () => false,
  );
  if (docker) return { rabbit: await startDockerRabbit(config) };
  return {
    rabbit: null,
    reason: `no TEST_RABBITMQ_URL, no ${SERVER}, it could not be installed with apt-get as root, and no docker`,
  };
}

function given(url: URL): TestRabbit {
  const refuse = async (): Promise<void> => {
    throw new Error("the broker of TEST_RABBITMQ_URL is not ours to stop");
  };
  return {
    host: url.hostname,
    port: Number(url.port || 5672),
    username: decodeURIComponent(url.username) || "guest",
    password: decodeURIComponent(url.password) || "guest",
    vhost: decodeURIComponent(url.pathname.slice(1)) || "/",
    managementUrl: process.env["TEST_RABBITMQ_MANAGEMENT_URL"] ?? "",
    origin: "TEST_RABBITMQ_URL",
    restart: refuse,
    kill9AndStart: refuse,
    ctl: refuse,
    stop: async () => {},
  };
}

/** Where this is root on Debian: the package, without its service ever starting. */
async function installFromDebian(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "rabbitmq-server"], { env });
  } catch (error) {
    console.warn(`rabbitmq-server could not be installed: ${String(error)}`);
  } finally {
    if (ours) await rm(policy, { force: true });
  }
}
