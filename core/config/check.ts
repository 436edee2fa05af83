import type { z } from "zod";
import { type BrokerKind, manifests } from "../brokers/index.ts";
import { sourceName } from "../brokers/source-name.ts";
import type { Custody } from "../brokers/manifest.ts";
import type { Environment } from "../environment.ts";
import { custodyOf } from "./custody.ts";
import { type ConfigIssue, type ConfigPath, inWords } from "./issues.ts";
import { checkRoute, type ConfiguredRoute } from "./routes.ts";
import { fileSchema, SOURCE_FIELDS } from "./schema.ts";

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
  readonly custody: Custody;
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
  readonly routes: readonly ConfiguredRoute[];
};

export type Checked = { readonly config: RedriveConfig } | { readonly issues: readonly ConfigIssue[] };

/** Reads the content of redrive.yaml, its references to secrets resolved; tells everything that is wrong at once. */
export function check(value: unknown): Checked {
  const file = fileSchema.safeParse(value ?? {});
  if (!file.success) return { issues: file.error.issues.map((issue) => inWords(issue, [], value)) };

  const issues = [...repeatedNames("connections", file.data.connections), ...repeatedNames("routes", file.data.routes)];
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
    const identity = identityOf(kinds, found.source);
    if (seen.has(identity)) issues.push({ path: ["sources", index], message: "is listed twice", fix: "Remove one of the two." });
    seen.add(identity);
    sources.push(found.source);
  }
  const routes: ConfiguredRoute[] = [];
  for (const [index, raw] of file.data.routes.entries()) {
    const found = checkRoute(raw, kinds, ["routes", index]);
    if ("issues" in found) {
      issues.push(...found.issues);
      continue;
    }
    const identity = identityOf(kinds, found.route);
    if (seen.has(identity)) issues.push({ path: ["routes", index, "source"], message: "is a source, or read by another route, already", fix: "A queue has one reader: remove one of the two." });
    seen.add(identity);
    routes.push(found.route);
  }
  if (issues.length > 0) return { issues };
  const { environment, retention } = file.data;
  return { config: { ...(environment && { environment }), retention, connections, sources, routes } };
}

/** A queue is told by its name, whatever else is said of it. */
function identityOf(kinds: ReadonlyMap<string, BrokerKind>, { connection, source }: Pick<ConfiguredSource, "connection" | "source">): string {
  const kind = kinds.get(connection);
  return JSON.stringify([connection, kind === undefined ? "" : sourceName(kind, source as never)]);
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
          fix: "Let a stream keep the subject and name the stream, or write it under routes.",
        },
      ],
    };
  }
  if (custody === "taken" && raw.capture && !raw.consent) {
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
  return { source: { connection, source: parsed.data, custody, consent, capture, watchSeconds: watchWindow } };
}

function repeatedNames(list: "connections" | "routes", entries: readonly { readonly name: string }[]): ConfigIssue[] {
  const names = entries.map(({ name }) => name);
  const one = list.slice(0, -1);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [{ path: [list, index, "name"], message: `is the name of another ${one} too`, fix: `Give each ${one} a name of its own.` }],
  );
}
