import type { z } from "zod";
import { type BrokerKind, manifests } from "../brokers/index.ts";
import type { Custody } from "../brokers/manifest.ts";
import { sourceName } from "../brokers/source-name.ts";
import type { RouteDefinition, WrittenRoute } from "../route/definition.ts";
import { isSamePlace } from "../route/same-place.ts";
import { custodyOf } from "./custody.ts";
import { type ConfigIssue, type ConfigPath, inWords } from "./issues.ts";
import { type fileSchema, ROUTE_FIELDS } from "./schema.ts";

export type ConfiguredRoute = {
  readonly name: string;
  /** Name of a configured connection, whose queue it reads. */
  readonly connection: string;
  /** As the manifest's source schema gives it. */
  readonly source: Readonly<Record<string, unknown>>;
  readonly custody: Custody;
  readonly consent: boolean;
  /** How it begins. */
  readonly paused: boolean;
  readonly watchSeconds: number;
  /** Connections by name. */
  readonly written: WrittenRoute;
};

const UNCONSENTED = {
  taken: {
    message: "would empty its queue, and there is no consent to that",
    fix: "Write `consent: true` if Redrive may take the messages out of this queue and hold the only copy.",
  },
  heard: {
    message: "would listen to a subject, and there is no consent to losing what is sent while no worker listens",
    fix: "Write `consent: true` if at most once is enough, or let a stream keep the subject and read the stream.",
  },
} as const;

type RawRoute = z.infer<typeof fileSchema>["routes"][number];
type Kinds = ReadonlyMap<string, BrokerKind>;

/** Reads one entry of `routes`; `kinds` are those of the file's connections by name. */
export function checkRoute(raw: RawRoute, kinds: Kinds, path: ConfigPath): { issues: ConfigIssue[] } | { route: ConfiguredRoute } {
  const { name, connection, source: own, consent, paused, watchWindow } = raw;
  const written = Object.fromEntries(Object.entries(raw).filter(([key]) => !ROUTE_FIELDS.includes(key))) as WrittenRoute;
  const kind = kinds.get(connection);
  if (kind === undefined) return { issues: [unnamed([...path, "connection"])] };
  const parsed = manifests[kind].source.safeParse(own);
  if (!parsed.success) return { issues: parsed.error.issues.map((issue) => inWords(issue, [...path, "source"], own)) };
  const read = { name: sourceName(kind, parsed.data as never), source: parsed.data };
  const issues = placeIssues(written, kinds, path, (place) => place.connection === connection && isSamePlace(place.target, read));
  const custody = custodyOf(kind, parsed.data as never);
  if (custody !== "copied" && !consent) issues.push({ path, ...UNCONSENTED[custody] });
  return issues.length > 0 ? { issues } : { route: { name, connection, source: parsed.data, custody, consent, paused, watchSeconds: watchWindow, written } };
}

type Place = { readonly connection: string; readonly target: { readonly kind: string } };

function placeIssues({ destination, deadLetterTo, guard }: WrittenRoute, kinds: Kinds, path: ConfigPath, isWhereItReads: (place: Place) => boolean): ConfigIssue[] {
  const wrong = (place: Place, at: ConfigPath): ConfigIssue[] => {
    const kind = kinds.get(place.connection);
    if (kind === undefined) return [unnamed([...at, "connection"])];
    if (kind !== place.target.kind) return [{ path: [...at, "target", "kind"], message: `is not the connection's, which is ${kind}`, fix: "Write the target in that broker's words." }];
    return isWhereItReads(place) ? [{ path: [...at, "target"], message: "is where this route reads: it would run in a circle", fix: "Let it deliver to another place." }] : [];
  };
  const stores = guard?.store.kind === "redis" ? [guard.store.connection] : [];
  return [
    ...(destination.kind === "queue" ? wrong(destination, [...path, "destination"]) : []),
    ...(deadLetterTo === null ? [] : wrong(deadLetterTo, [...path, "deadLetterTo"])),
    ...stores.flatMap((name) => storeIssues(kinds.get(name), [...path, "guard", "store", "connection"])),
  ];
}

function storeIssues(kind: BrokerKind | undefined, path: ConfigPath): ConfigIssue[] {
  if (kind === undefined) return [unnamed(path)];
  return kind === "redis-list" || kind === "redis-stream" ? [] : [{ path, message: "is no Redis", fix: "A guard keeps its keys in Postgres or in a Redis." }];
}

const unnamed = (path: ConfigPath): ConfigIssue => ({ path, message: "names no connection of this file", fix: "Add it under connections, or correct the name." });

/** The definition as it is stored, connections by their ids. `idOf` throws for a name that is none. */
export function withIds({ destination, deadLetterTo, guard, ...rest }: WrittenRoute, idOf: (connection: string) => string): RouteDefinition {
  const placed = <T extends { readonly connection: string }>({ connection, ...place }: T) => ({ ...place, connectionId: idOf(connection) });
  return {
    ...rest,
    destination: destination.kind === "queue" ? placed(destination) : destination,
    deadLetterTo: deadLetterTo && placed(deadLetterTo),
    guard: guard && { ...guard, store: guard.store.kind === "redis" ? placed(guard.store) : guard.store },
  };
}
