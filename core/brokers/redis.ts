import { z } from "zod";
import type { FormField } from "./manifest.ts";

/** How to reach a Redis, for lists and for streams. */
export const redisSettings = {
  host: z.string().min(1).default("127.0.0.1"),
  port: z.coerce.number().int().min(1).max(65535).default(6379),
  database: z.coerce.number().int().min(0).max(65535).default(0),
  username: z.string().default(""),
  tls: z.boolean().default(false),
  /** `host` and `port` are a node of a cluster, from which the others are learnt. */
  cluster: z.boolean().default(false),
  /** Name of the master where `host` and `port` are a sentinel; empty where they are the server. */
  sentinelMaster: z.string().default(""),
  /** Further nodes of the cluster or further sentinels, one `host:port` a line. */
  nodes: z.string().default(""),
};

export const redisSecrets = z.strictObject({ password: z.string().default(""), sentinelPassword: z.string().default("") });

export const redisForm = {
  settings: [
    { name: "host", input: "text", placeholder: "redis.internal" },
    { name: "port", input: "number", placeholder: "6379" },
    { name: "database", input: "number", placeholder: "0" },
    { name: "username", input: "text", placeholder: "default" },
    { name: "tls", input: "switch" },
    { name: "cluster", input: "switch" },
    { name: "sentinelMaster", input: "text", placeholder: "mymaster" },
    { name: "nodes", input: "lines", placeholder: "redis-2.internal:6379" },
  ],
  secrets: [
    { name: "password", input: "password" },
    { name: "sentinelPassword", input: "password" },
  ],
} as const satisfies { settings: readonly FormField[]; secrets: readonly FormField[] };
