import { existsSync } from "node:fs";
import { isFree } from "#db/embedded/index.ts";
import { type CliEnv } from "../env.ts";
import { command } from "./command.ts";

type Say = (line: string) => void;

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];
const CJK_FONTS = ["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"];

/** Path of a Chromium for the end-to-end tests, installed where root may; `undefined`, with words, where none can be had. */
export async function ensureChromium({ chromiumPath, all }: CliEnv, say: Say): Promise<string | undefined> {
  if (chromiumPath !== undefined && !existsSync(chromiumPath)) say(`CHROMIUM_PATH names ${chromiumPath}, which is not there`);
  const find = (): string | undefined => [chromiumPath, ...BROWSERS].find((path) => path !== undefined && existsSync(path));
  const found = find() ?? ((await aptInstall("chromium", all, say)) ? find() : undefined);
  if (found === undefined) say("The end-to-end tests need Chromium: install it, or set CHROMIUM_PATH to one");
  return found;
}

/** Without such a font the screenshots show boxes for Chinese; that is said and no reason to stop. */
export async function ensureChineseFont({ all }: CliEnv, say: Say): Promise<void> {
  if (CJK_FONTS.some((path) => existsSync(path)) || process.platform !== "linux") return;
  if (!(await aptInstall("fonts-wqy-microhei", all, say))) say("There is no Chinese font: Chinese text in screenshots will be boxes");
}

/** A RabbitMQ that listens, or one that the tests can start. */
export async function ensureRabbitmq({ all }: CliEnv, say: Say): Promise<void> {
  if (all.TEST_RABBITMQ_URL || existsSync("/usr/sbin/rabbitmq-server") || !(await isFree(5672))) return;
  if (!(await aptInstall("rabbitmq-server", all, say))) say("There is no RabbitMQ: install rabbitmq-server, or set TEST_RABBITMQ_URL");
}

/** Programs from which the tests start servers of their own, and Debian's packages that hold them. */
const PROGRAMS = [
  { program: "redis-server", packages: ["redis-server", "redis-sentinel"], for: "Redis" },
  { program: "nats-server", packages: ["nats-server"], for: "NATS" },
  { program: "java", packages: ["default-jre-headless"], for: "Kafka, RocketMQ and Pulsar" },
  { program: "mvn", packages: ["maven"], for: "Kafka, RocketMQ and Pulsar" },
] as const;

/** What the tests start Redis, NATS and the brokers on Java with, installed where root may. */
export async function ensureBrokerPrograms({ all }: CliEnv, say: Say): Promise<void> {
  const folders = `${all.PATH ?? ""}:/usr/sbin:/usr/bin`.split(":");
  for (const { program, packages, for: servers } of PROGRAMS) {
    if (folders.some((folder) => existsSync(`${folder}/${program}`))) continue;
    for (const name of packages) if (!(await aptInstall(name, all, say))) say(`There is no ${program}, with which the tests start ${servers}: install ${name}`);
  }
}

async function aptInstall(name: string, env: CliEnv["all"], say: Say): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  say(`Installing ${name} with apt-get ...`);
  const quiet = { ...env, DEBIAN_FRONTEND: "noninteractive" };
  const install = (): Promise<number> => command("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], quiet);
  if ((await install()) === 0) return true;
  // The lists of packages may be missing or old.
  await command("apt-get", ["update", "-qq"], quiet);
  return (await install()) === 0;
}
