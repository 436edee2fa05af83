import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "./free-port.ts";
import { rabbitAnswers } from "./rabbitmq-ready.ts";
import type { TestRabbit } from "./rabbitmq.ts";

const IMAGE = "rabbitmq:4.2-management-alpine";
const run = promisify(execFile);

/** The same broker in a container, for machines without Debian's package. */
export async function startDockerRabbit(config: readonly string[]): Promise<TestRabbit> {
  const [port, management] = (await freePorts(2)) as [number, number];
  const managementUrl = `http://127.0.0.1:${management}`;
  const name = `redrive-test-rabbit-${port}`;
  const folder = await mkdtemp(join(tmpdir(), "redrive-rabbit-"));
  await chmod(folder, 0o755);
  await writeFile(join(folder, "90-tests.conf"), `${config.join("\n")}\n`);
  await run("docker", [
    "run",
    "-d",
    `--name=${name}`,
    "--hostname=rabbit",
    `--publish=127.0.0.1:${port}:5672`,
    `--publish=127.0.0.1:${management}:15672`,
    `--volume=${join(folder, "90-tests.conf")}:/etc/rabbitmq/conf.d/90-tests.conf:ro`,
    IMAGE,
  ]);
  const ready = (): Promise<void> => rabbitAnswers(port, managementUrl, () => {});
  await ready();
  return {
    host: "127.0.0.1",
    port,
    // guest may log in from the container's own loopback only, unless told otherwise; the image tells it.
    username: "guest",
    password: "guest",
    vhost: "/",
    managementUrl,
    origin: "docker",
    restart: async () => {
      await run("docker", ["restart", name]);
      await ready();
    },
    kill9AndStart: async () => {
      await run("docker", ["kill", name]);
      await run("docker", ["start", name]);
      await ready();
    },
    ctl: async (...args) => {
      await run("docker", ["exec", name, "rabbitmqctl", ...args]);
    },
    stop: async () => {
      await run("docker", ["rm", "-f", "-v", name]);
      await rm(folder, { recursive: true });
    },
  };
}
