import { z } from "zod";
import { anyTarget } from "../brokers/any-target.ts";
import { connectionName } from "../brokers/connection-name.ts";
import { retryPolicy } from "./backoff.ts";
import { classifyRule } from "./classify.ts";

/** RFC 6901; empty is the whole body. */
const pointer = z.string().max(500).regex(/^(?:\/(?:[^~/]|~[01])*)*$/, "a JSON pointer, e.g. /order/id");
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "a header's name: letters, digits and - _ .");
/** An environment variable of the workers. The prefix keeps a route from sending out what was put there for another purpose. */
const secretRef = z.string().regex(/^ROUTE_[A-Z0-9_]{1,94}$/, "the name of an environment variable of the workers that begins with ROUTE_, e.g. ROUTE_SHOP_SECRET");

/** `{/order/id}` in a template is the JSON pointer's value, percent-encoded in an address; `{header:x-tenant}` a header's. */
const http = z.strictObject({
  kind: z.literal("http"),
  url: z
    .string()
    .max(2_000)
    .refine((text) => /^https?:\/\/[^\s/?#]+/.test(text) && !/^https?:\/\/[^/?#]*@/.test(text), "http:// or https:// without user information")
    .refine((text) => !/^https?:\/\/[^/?#]*[{}]/.test(text), "the host is fixed: a template may stand in path and query only"),
  method: z.enum(["POST", "PUT", "PATCH", "DELETE", "GET"]).default("POST"),
  headers: z.array(z.strictObject({ name: headerName, value: z.string().max(2_000).regex(/^[^\r\n\0]*$/, "one line") })).max(50).default([]),
  /** Message headers that are passed on under their own names: exact names, or `*` at the end of one. */
  passHeaders: z.array(z.string().min(1).max(100)).max(50).default([]),
  /** What is sent: the body as it came, or the value under a pointer of a JSON body. */
  body: z.strictObject({ pointer: pointer.default("") }).prefault({}),
  /** ms until the answer's head, and until its end. */
  headTimeoutMs: z.int().min(100).max(300_000).default(10_000),
  timeoutMs: z.int().min(100).max(300_000).default(30_000),
  /** Signed by the Standard Webhooks spec; several secrets while one is exchanged for another. */
  signWith: z.array(secretRef).max(4).default([]),
  /** `Authorization: Bearer` from an environment variable of the workers. */
  bearer: secretRef.nullable().default(null),
  /** Addresses that are otherwise refused because they are not public: CIDR blocks, e.g. 10.20.0.0/16. */
  allowPrivate: z.array(z.string().regex(/^[0-9a-fA-F:.]+\/\d{1,3}$/, "a CIDR block, e.g. 10.20.0.0/16")).max(50).default([]),
});

/** A place on any connection. */
const queueOn = <R extends z.ZodRawShape>(connection: R) => z.strictObject({ kind: z.literal("queue"), ...connection, target: anyTarget });

/** A file in the workers' folder of modules, `export default async (message, context) => ...`. */
const moduleFile = z.strictObject({
  kind: z.literal("module"),
  file: z.string().regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,199}\.(?:ts|js|mjs)$/, "a file in the folder of modules, e.g. orders/reserve.ts"),
  timeoutMs: z.int().min(10).max(600_000).default(30_000),
  memoryMb: z.int().min(16).max(2_048).default(128),
});

const destinationOn = <R extends z.ZodRawShape>(connection: R) => z.discriminatedUnion("kind", [http, queueOn(connection), moduleFile]);

/** How the database names a connection. */
const BY_ID = { connectionId: z.uuid() };

export const routeDestination = destinationOn(BY_ID);
export type RouteDestination = z.infer<typeof routeDestination>;
export type HttpDestination = Extract<RouteDestination, { kind: "http" }>;
export type QueueDestination = Extract<RouteDestination, { kind: "queue" }>;
export type ModuleDestination = Extract<RouteDestination, { kind: "module" }>;

/** By what two messages are the same to a route. */
const guardKey = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("header"), name: z.string().min(1).max(200) }),
  z.strictObject({ by: z.literal("pointer"), pointer: pointer.min(1) }),
  /** The broker's own id of the message: an offset, a job, `message-id`. */
  z.strictObject({ by: z.literal("broker_id") }),
  z.strictObject({ by: z.literal("body_hash") }),
]);
export type GuardKey = z.infer<typeof guardKey>;

const guardOn = <R extends z.ZodRawShape>(connection: R) =>
  z.strictObject({
    key: guardKey,
    /** What happens to a message without the key: it passes unguarded, or it is dead. */
    missing: z.enum(["pass", "dead"]).default("pass"),
    store: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("postgres") }),
      /** A connection of a Redis kind. */
      z.strictObject({ kind: z.literal("redis"), ...connection }),
    ]),
    /** How long a delivered key is remembered, in seconds. */
    ttlSeconds: z.int().min(60).max(31_536_000).default(604_800),
  });
const guard = guardOn(BY_ID);
export type Guard = z.infer<typeof guard>;

const limits = z.strictObject({
  /** Deliveries a second over all workers; null is as fast as the destination answers. */
  perSecond: z.int().min(1).max(100_000).nullable().default(null),
  /** Deliveries under way at once over all workers. */
  inFlight: z.int().min(1).max(1_000).default(32),
  /** Messages taken from the queue and not yet done, beyond which `whenFull` holds. */
  waiting: z.int().min(1).max(10_000_000).default(10_000),
  /** `pause`: the queue is left alone until there is room. `dead`: what comes beyond is dead with the reason maxlen. */
  whenFull: z.enum(["pause", "dead"]).default("pause"),
});

const breaker = z.strictObject({
  /** It opens when of the last `of` tries at least this share failed retryably, 0 to 1. */
  failureShare: z.number().min(0.05).max(1).default(0.5),
  of: z.int().min(1).max(1_000).default(20),
  /** Seconds until the first probe; doubled after each probe that fails, up to ten minutes. */
  openSeconds: z.int().min(1).max(600).default(15),
});

const definitionOn = <R extends z.ZodRawShape>(connection: R) => z.strictObject({
  destination: destinationOn(connection),
  retry: retryPolicy.prefault({}),
  /** Asked in this order before the table of core/route/classify.ts. */
  rules: z.array(classifyRule).max(50).default([]),
  guard: guardOn(connection).nullable().default(null),
  limits: limits.prefault({}),
  breaker: breaker.nullable().prefault({}),
  /** Null: in any order. Else messages of one key (or partition) go one after the other. */
  ordered: z
    .discriminatedUnion("by", [
      z.strictObject({ by: z.literal("key") }),
      z.strictObject({ by: z.literal("partition") }),
      z.strictObject({ by: z.literal("header"), name: z.string().min(1).max(200) }),
      z.strictObject({ by: z.literal("pointer"), pointer: pointer.min(1) }),
    ])
    .nullable()
    .default(null),
  /** A try without a verdict: try again, at the price of a duplicate the receiver knows by its `webhook-id`; or a person decides. */
  whenUnknown: z.enum(["retry", "dead"]).default("retry"),
  /** Bodies of delivered messages: kept until retention, or removed at once. */
  keepBody: z.enum(["always", "until_delivered"]).default("always"),
  /** Besides being kept by Redrive, dead messages are published there. */
  deadLetterTo: z.strictObject({ ...connection, target: anyTarget }).nullable().default(null),
});

/** What a route does, as one document: validated here, stored as JSON text, shown and edited as a form. */
export const routeDefinition = definitionOn(BY_ID);
export type RouteDefinition = z.infer<typeof routeDefinition>;
/** As a form or a file gives it, defaults left out. */
export type RouteDefinitionInput = z.input<typeof routeDefinition>;

/** The same as redrive.yaml has it, connections by name. */
export const writtenRoute = definitionOn({ connection: connectionName.describe("Name of a connection above.") });
export type WrittenRoute = z.infer<typeof writtenRoute>;

export const routeName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/, "1 to 63 letters, digits, spaces, dots, dashes or underscores");
