import type { z } from "zod";
import { BROKER_KINDS, type BrokerKind, manifests } from "../brokers/index.ts";
import type { Environment } from "../environment.ts";
import { custodyOf } from "./custody.ts";
import { fileSchema, SOURCE_FIELDS } from "./schema.ts";

/** Where in the file, by keys and positions. */
export type ConfigPath = readonly (string | number)[];

/** One thing wrong in the file. Never holds a value of the file, which may be a secret. */
export type ConfigIssue = { readonly path: ConfigPath; readonly message: string; readonly fix: string };

export type ConfiguredConnection = {
  readonly name: string;
  readonly kind: BrokerKind;
  /** As the manifest's schema gives them, defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
};

export type ConfiguredSource = {
  /** Name of a configured connection. */
  readonly connection: string;
  /** As the manifest's source schema gives it. */
  readonly source: Readonly<Record<string, unknown>>;
  readonly taken: boolean;
  readonly consent: boolean;
  readonly capture: boolean;
  readonly watchSeconds: number;
};

export type RedriveConfig = {
  /** Absent where the file leaves it to the screen. */
  readonly environment?: Environment;
  readonly retention: z.infer<typeof fileSchema>["retention"];
  readonly connections: readonly ConfiguredConnection[];
  readonly sources: readonly ConfiguredSource[];
};

export type Checked = { readonly config: RedriveConfig } | { readonly issues: readonly ConfigIssue[] };

/** Reads the content of redrive.yaml, its references to secrets resolved; tells everything that is wrong at once. */
export function check(value: unknown): Checked {
  const file = fileSchema.safeParse(value ?? {});
  if (!file.success) return { issues: file.error.issues.map((issue) => inWords(issue, [], value)) };

  const issues = repeatedNames(file.data.connections.map(({ name }) => name));
  const connections = file.data.connections as readonly ConfiguredConnection[];
  const kinds = new Map(connections.map(({ name, kind }) => [name, kind]));
  const sources: ConfiguredSource[] = [];
  const seen = new Set<string>();
  for (const [index, raw] of file.data.sources.entries()) {
    const found = checkSource(raw, kinds.get(raw.connection), ["sources", index]);
    if ("issues" in found) {
      issues.push(...found.issues);
      continue;
    }
    const identity = JSON.stringify([raw.connection, found.source.source]);
    if (seen.has(identity)) issues.push({ path: ["sources", index], message: "is listed twice", fix: "Remove one of the two." });
    seen.add(identity);
    sources.push(found.source);
  }
  if (issues.length > 0) return { issues };
  const { environment, retention } = file.data;
  return { config: { ...(environment && { environment }), retention, connections, sources } };
}

type RawSource = z.infer<typeof fileSchema>["sources"][number];

function checkSource(raw: RawSource, kind: BrokerKind | undefined, path: ConfigPath): { issues: ConfigIssue[] } | { source: ConfiguredSource } {
  if (kind === undefined) {
    return { issues: [{ path: [...path, "connection"], message: "names no connection of this file", fix: "Add it under connections, or correct the name." }] };
  }
  const own = Object.fromEntries(Object.entries(raw).filter(([key]) => !SOURCE_FIELDS.includes(key)));
  const parsed = manifests[kind].source.safeParse(own);
  if (!parsed.success) return { issues: parsed.error.issues.map((issue) => inWords(issue, path, own)) };
  const custody = custodyOf(kind, parsed.data as never);
  if (custody === "heard") {
    return {
      issues: [
        {
          path: [...path, "mode"],
          message: "is for routes only: what is sent to a subject while no worker listens is lost",
          fix: "Let a stream keep the subject and name the stream, or make a route on the screen.",
        },
      ],
    };
  }
  const taken = custody === "taken";
  if (taken && raw.capture && !raw.consent) {
    return {
      issues: [
        {
          path,
          message: "would be emptied by capturing, and there is no consent to that",
          fix: "Write `consent: true` if Redrive may take the messages out of this queue and hold the only copy, or `capture: false`.",
        },
      ],
    };
  }
  const { connection, consent, capture, watchWindow } = raw;
  return { source: { connection, source: parsed.data, taken, consent, capture, watchSeconds: watchWindow } };
}

function repeatedNames(names: readonly string[]): ConfigIssue[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: ["connections", index, "name"], message: "is the name of another connection too", fix: "Give each connection a name of its own." }],
  );
}

/** An issue of zod with `value` in our words; none of the values is repeated. `base` is where `value` stands. */
function inWords(issue: z.core.$ZodIssue, base: ConfigPath, value: unknown): ConfigIssue {
  const path = [...base, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
  switch (issue.code) {
    case "unrecognized_keys": {
      const [key = ""] = issue.keys;
      return { path: [...path, key], message: "is not a key that belongs here", fix: "Correct its spelling or remove it; docs/configuration.md has the list." };
    }
    case "invalid_type":
      return isAbsent(value, issue.path)
        ? { path, message: "is missing", fix: `Add it: ${a(issue.expected)}.` }
        : { path, message: `must be ${a(issue.expected)}`, fix: "Write it as such; numbers and true/false without quotes." };
    case "invalid_value":
      return { path, message: `must be one of ${issue.values.map(String).join(", ")}`, fix: "Choose one of them." };
    case "invalid_union":
      return { path, message: `must be one of ${BROKER_KINDS.join(", ")}`, fix: "Choose the broker's kind." };
    case "too_small":
      return { path, message: `must ${bound(issue.origin, "at least", issue.minimum)}`, fix: "Correct the value." };
    case "too_big":
      return { path, message: `must ${bound(issue.origin, "at most", issue.maximum)}`, fix: "Correct the value." };
    default:
      return { path, message: issue.message, fix: "Correct the value." };
  }
}

function isAbsent(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return true;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at === undefined || at === null;
}

const WORDS: Readonly<Record<string, string>> = { int: "a whole number", number: "a number", boolean: "true or false", string: "text", object: "a group of keys", array: "a list" };
const a = (type: string): string => WORDS[type] ?? `a ${type}`;

function bound(origin: string, side: "at least" | "at most", limit: number | bigint): string {
  if (origin !== "string") return `be ${side} ${limit}`;
  return side === "at least" && Number(limit) === 1 ? "not be empty" : `have ${side} ${limit} characters`;
}
