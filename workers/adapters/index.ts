import type { z } from "zod";
import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import type { Batch, CaptureLimits, Cursor, Depth, DiscoveredQueue, PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import type { Target } from "#core/message/normal-form.ts";
import type { GuardStore } from "#core/route/guard.ts";

/** A session of any kind, for duties that do not care which. Sources come as the JSON text the database keeps. */
export type AnySession = AsyncDisposable & {
  ping(signal: AbortSignal): Promise<void>;
  capture(source: string, from: Cursor, limits: CaptureLimits, stop: AbortSignal): AsyncIterable<Batch>;
  publish(messages: readonly Outgoing[], target: Target, signal: AbortSignal): Promise<readonly PublishOutcome[]>;
  depth(sources: readonly string[], signal: AbortSignal): Promise<readonly Depth[]>;
  discover(signal: AbortSignal): Promise<readonly DiscoveredQueue<unknown>[]>;
  readonly lost: Promise<never>;
};

export type OpenInput = {
  readonly kind: BrokerKind;
  readonly name: string;
  /** JSON text. */
  readonly settings: string;
  /** JSON text. */
  readonly secrets: string;
  readonly signal: AbortSignal;
};

/** Each client is loaded when a connection of its kind is opened first: a worker without Kafka holds no Kafka client. */
const openers: { readonly [K in BrokerKind]?: (input: OpenInput) => Promise<AnySession> } = {
  rabbitmq: async (input) => open(manifests.rabbitmq, (await import("./rabbitmq/connect.ts")).connectRabbit, input),
  kafka: async (input) => open(manifests.kafka, (await import("./kafka/connect.ts")).connectKafka, input),
  "redis-list": async (input) => open(manifests["redis-list"], (await import("./redis/connect-list.ts")).connectRedisList, input),
  "redis-stream": async (input) => open(manifests["redis-stream"], (await import("./redis/connect.ts")).connectRedisStream, input),
  nats: async (input) => open(manifests.nats, (await import("./nats/connect.ts")).connectNats, input),
  rocketmq: async (input) => open(manifests.rocketmq, (await import("./rocketmq/connect.ts")).connectRocketMq, input),
  pulsar: async (input) => open(manifests.pulsar, (await import("./pulsar/connect.ts")).connectPulsar, input),
  pgboss: async (input) => open(manifests.pgboss, (await import("./pgboss/connect.ts")).connectPgBoss, input),
};

/** Opens a session of the kind; settings and secrets are checked by its manifest. Throws Fault. */
export async function openSession(input: OpenInput): Promise<AnySession> {
  const opener = openers[input.kind];
  if (opener === undefined) throw new Fault("invalid", `this version of Redrive does not speak ${manifests[input.kind].label}`);
  return opener(input);
}

/** Where the guard of a route may keep its keys: in a Redis. On a connection of its own, which the caller closes. Throws Fault. */
export async function openGuardStore({ kind, name, settings, secrets, signal }: OpenInput, routeId: string): Promise<GuardStore & { readonly lost: Promise<never>; close(): void }> {
  if (kind !== "redis-list" && kind !== "redis-stream") throw new Fault("unsupported", `a guard keeps its keys in Postgres or Redis, not in ${manifests[kind].label}`);
  const { openRedisGuard } = await import("./redis/guard.ts");
  const manifest = manifests[kind];
  return openRedisGuard({ name, settings: read(manifest.settings, JSON.parse(settings), "settings"), secrets: read(manifest.secrets, JSON.parse(secrets), "secrets"), signal }, routeId);
}

/** A session as seen from the types of one kind's source and target. */
type SessionOf<Source, To> = Omit<AnySession, "capture" | "publish" | "depth"> & {
  capture(source: Source, from: Cursor, limits: CaptureLimits, stop: AbortSignal): AsyncIterable<Batch>;
  publish(messages: readonly Outgoing[], target: To, signal: AbortSignal): Promise<readonly PublishOutcome[]>;
  depth(sources: readonly Source[], signal: AbortSignal): Promise<readonly Depth[]>;
};

type Schemas<Settings, Secrets, Source, To> = {
  readonly settings: z.ZodType<Settings>;
  readonly secrets: z.ZodType<Secrets>;
  readonly source: z.ZodType<Source>;
  readonly target: z.ZodType<To>;
};

async function open<Settings, Secrets, Source, To>(
  schemas: Schemas<Settings, Secrets, Source, To>,
  connect: (input: { name: string; settings: Settings; secrets: Secrets; signal: AbortSignal }) => Promise<SessionOf<Source, To>>,
  { name, settings, secrets, signal }: OpenInput,
): Promise<AnySession> {
  const session = await connect({
    name,
    settings: read(schemas.settings, JSON.parse(settings), "settings"),
    secrets: read(schemas.secrets, JSON.parse(secrets), "secrets"),
    signal,
  });
  const source = (text: string) => read(schemas.source, JSON.parse(text), "source");
  return {
    ping: (deadline) => session.ping(deadline),
    capture: (text, from, limits, stop) => session.capture(source(text), from, limits, stop),
    publish: (messages, target, deadline) => session.publish(messages, read(schemas.target, target, "target"), deadline),
    depth: (texts, deadline) => session.depth(texts.map(source), deadline),
    discover: (deadline) => session.discover(deadline),
    lost: session.lost,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** What a manifest's schema says, or a Fault. Never repeats a value: it may be a secret. */
function read<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Fault("invalid", `${what}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "not as the manifest says"}`);
}
