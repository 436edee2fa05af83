import { Cluster, Redis, type RedisOptions } from "ioredis";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import { faultOf } from "./faults.ts";

export type RedisClient = Redis | Cluster;

/** What both kinds of connections say of how to reach a Redis. */
export type RedisAccess = {
  readonly name: string;
  readonly settings: {
    readonly host: string;
    readonly port: number;
    readonly database: number;
    readonly username: string;
    readonly tls: boolean;
    readonly cluster: boolean;
    readonly sentinelMaster: string;
    readonly nodes: string;
  };
  readonly secrets: { readonly password: string; readonly sentinelPassword: string };
  readonly signal: AbortSignal;
};

export type Link = {
  /** For commands that answer at once. */
  readonly redis: RedisClient;
  /** A connection of its own, for commands that wait; the caller disconnects it. Throws Fault. */
  open(): Promise<RedisClient>;
  /** Rejects with the Fault that ended it; never resolves. */
  readonly lost: Promise<never>;
  close(): void;
};

const PING_EVERY_MS = 1_000;
const PING_DEADLINE_MS = 3_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Connects and proves the login. A lost connection is not made again: the session ends with it. Throws Fault. */
export async function openLink(access: RedisAccess): Promise<Link> {
  const opened = new Set<RedisClient>();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const ending = new AbortController();
  const openBefore = async (deadline: AbortSignal): Promise<RedisClient> => {
    const client = await connect(access, AbortSignal.any([ending.signal, deadline]));
    opened.add(client);
    client.once("end", () => opened.delete(client));
    return client;
  };
  const redis = await openBefore(access.signal);
  let closed = false;
  const fail = (fault: Fault): void => {
    if (closed) return;
    close();
    lost.reject(fault);
  };
  const close = (): void => {
    closed = true;
    clearInterval(beat);
    ending.abort();
    for (const client of opened) cut(client);
  };
  redis.once("end", () => fail(new Fault("unreachable", "the connection to Redis was lost")));
  // a network that went silent sends no end
  const beat = setInterval(() => {
    before(redis.ping(), AbortSignal.timeout(PING_DEADLINE_MS), "Redis does not answer").catch((error: unknown) => fail(faultOf(error)));
  }, PING_EVERY_MS);
  beat.unref();
  return { redis, open: () => openBefore(AbortSignal.timeout(CONNECT_TIMEOUT_MS)), lost: lost.promise, close };
}

async function connect(access: RedisAccess, signal: AbortSignal): Promise<RedisClient> {
  const client = clientOf(access);
  const { promise: refused, reject } = Promise.withResolvers<never>();
  refused.catch(() => {});
  // the first complaint says more than "Connection is closed"
  client.on("error", reject);
  client.once("end", () => reject(new Fault("unreachable", "Redis closed the connection")));
  try {
    await before(Promise.race([greet(client), refused]), signal, "Redis did not answer in time");
    return client;
  } catch (error) {
    cut(client);
    throw faultOf(causeOf(error));
  }
}

async function greet(client: RedisClient): Promise<void> {
  await client.connect();
  await client.ping();
}

/** Ends the connections at once: a silent network would never answer to a polite end. */
export function cut(client: RedisClient): void {
  client.disconnect();
  for (const node of client instanceof Cluster ? client.nodes("all") : [client]) (node as unknown as { stream?: { destroy(): void } }).stream?.destroy();
}

/** A cluster's client keeps what its nodes said behind a sentence of its own. */
const causeOf = (error: unknown): unknown =>
  error instanceof Error && "lastNodeError" in error && error.lastNodeError instanceof Error ? error.lastNodeError : error;

function clientOf({ name, settings, secrets }: RedisAccess): RedisClient {
  const own = {
    ...(settings.username === "" ? {} : { username: settings.username }),
    ...(secrets.password === "" ? {} : { password: secrets.password }),
    ...(settings.tls ? { tls: {} } : {}),
    // a client's name may hold no spaces
    connectionName: name.replaceAll(/[^!-~]/g, "-"),
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    // nothing is sent a second time by itself: whether it was done would not be known
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    retryStrategy: () => null,
    noDelay: true,
  } satisfies RedisOptions;
  const nodes = [{ host: settings.host, port: settings.port }, ...nodesIn(settings.nodes)];
  if (settings.cluster)
    return new Cluster(nodes, { redisOptions: own, lazyConnect: true, clusterRetryStrategy: () => null, enableOfflineQueue: false, maxRedirections: 4 });
  if (settings.sentinelMaster === "") return new Redis({ ...own, host: settings.host, port: settings.port, db: settings.database, lazyConnect: true });
  const sentinel = {
    ...own,
    sentinels: nodes,
    name: settings.sentinelMaster,
    ...(secrets.sentinelPassword === "" ? {} : { sentinelPassword: secrets.sentinelPassword }),
    ...(settings.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    sentinelRetryStrategy: () => null,
    db: settings.database,
    lazyConnect: true,
  };
  return new Redis(sentinel);
}

/** `host:port`, one a line or parted by commas; a line without a port is taken as Redis's default. */
function nodesIn(text: string): { host: string; port: number }[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  return lines.flatMap((line) => {
    const [, host, port] = /^(.+?)(?::(\d+))?$/.exec(line) ?? [];
    return host === undefined ? [] : [{ host, port: Number(port ?? 6379) }];
  });
}

/** The nodes that hold keys: all masters of a cluster, else the server itself. */
export const keyNodes = (client: RedisClient): Redis[] => (client instanceof Cluster ? client.nodes("master") : [client]);
