import { readFileSync } from "node:fs";
import { factsFile } from "./env.ts";

/** A queue whose rejected messages go to `dead`. */
export type Pair = { readonly work: string; readonly dead: string };

const pair = (work: string): Pair => ({ work, dead: `${work}.dlq` });

/** The captured pairs on RabbitMQ: one a spec, so that no spec meets another's messages. */
export const PAIRS = {
  journey: pair("orders"),
  groups: pair("payments"),
  aside: pair("emails"),
  speed: pair("invoices"),
  keys: pair("refunds"),
  pages: pair("shipping"),
  hostile: pair("imports"),
  views: pair("receipts"),
} as const;

/** The captured pair on pg-boss. */
export const JOBS = pair("thumbnails");
export const BOSS_SCHEMA = "e2e_pgboss";

export const ROLES = ["owner", "viewer"] as const;
export type SignedIn = (typeof ROLES)[number];

/** What the specs know of the running world. */
export type Facts = {
  readonly url: string;
  readonly databaseUrl: string;
  readonly rabbitUrl: string;
  /** Where the further brokers listen, by kind, for their actors; or why one is not there. */
  readonly stages: Readonly<Record<string, { readonly address: unknown } | { readonly missing: string }>>;
  /** Files with the cookies of each role. */
  readonly states: Readonly<Record<SignedIn, string>>;
};

/** Reads what the set-up wrote. */
export const facts = (): Facts => JSON.parse(readFileSync(factsFile(), "utf8")) as Facts;
