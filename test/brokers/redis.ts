import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { eventually } from "../eventually.ts";
import { freePorts } from "./free-port.ts";
import type { Serve } from "./on-demand.ts";
import { startServer, tailOf, type ServerProcess } from "./process.ts";

export type RedisAddress = { readonly host: string; readonly port: number; readonly password: string };

export type TestRedis = RedisAddress & {
  /** Ends it and starts it again on its data: every write was on the disk before its answer. */
  restart(): Promise<void>;
  kill9AndStart(): Promise<void>;
  /** Killed with -9 while `act` runs, then started again on its data. */
  stopFor(act: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
};

const PROGRAMS = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"];

/** The installed server; empty where there is none. */
export const REDIS_SERVER = PROGRAMS.find((path) => existsSync(path)) ?? "";

/** A redis-server of one's own: free loopback port, password, append-only file in a folder that goes with it. */
export async function startRedis(extra: readonly string[] = []): Promise<TestRedis> {
  const command = REDIS_SERVER;
  if (command === "") throw new Error("redis-server is not installed");
  const folder = await mkdtemp(join(tmpdir(), "redrive-redis-"));
  const [port] = (await freePorts(1)) as [number];
  const password = "sesame";
  const output = join(folder, "output");
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--requirepass", password, "--masterauth", password, "--save", "", "--appendonly", "yes", "--appendfsync", "always", ...extra];
  let server: ServerProcess;
  const start = async (): Promise<void> => {
    server = await startServer({ command, args, cwd: folder, output });
    await eventually(() => answers({ host: "127.0.0.1", port, password }, () => server.alive()), { timeoutMs: 20_000, intervalMs: 50 }).catch(async (error: unknown) => {
      throw new Error(`redis-server did not start:\n${await tailOf(output)}`, { cause: error });
    });
  };
  await start();
  return {
    host: "127.0.0.1",
    port,
    password,
    restart: async () => {
      await server.end();
      await start();
    },
    kill9AndStart: async () => {
      await server.end("SIGKILL");
      await start();
    },
    stopFor: async (act) => {
      await server.end("SIGKILL");
      try {
        await act();
      } finally {
        await start();
      }
    },
    stop: async () => {
      await server.end();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function answers(address: RedisAddress, alive: () => void): Promise<void> {
  alive();
  const redis = openRedis(address);
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}

/** A plain client, not connected yet; it gives up at the first failure. */
export const openRedis = ({ host, port, password }: RedisAddress): Redis => {
  const redis = new Redis({ host, port, password, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on("error", () => undefined);
  return redis;
};

/** The run's Redis. */
export const serve: Serve<RedisAddress> = async () => {
  const { host, port, password, stop } = await startRedis();
  return { server: { host, port, password }, reason: null, stop };
};
