import { BROKER_KINDS, type BrokerKind } from "#core/brokers/index.ts";
import type { TargetField } from "#core/brokers/target-fields.ts";
import type { Jitter } from "#core/route/backoff.ts";
import type { ClassifyRule } from "#core/route/classify.ts";
import { routeDefinition, type RouteDefinition } from "#core/route/definition.ts";

/** A place as it is typed: the fields of its connection's kind. */
export type PlaceDraft = { readonly connectionId: string; readonly kind: BrokerKind; readonly fields: Readonly<Partial<Record<TargetField["name"], string>>> };

export type RuleDraft = { readonly id: string; readonly status: string; readonly code: string; readonly type: string; readonly pattern: string; readonly verdict: ClassifyRule["verdict"] };

/** A route as a person types it: numbers as text, times in seconds, and what another choice hides is kept. */
export type RouteDraft = {
  readonly name: string;
  readonly source: { readonly connectionId: string; readonly queue: string; readonly type: string; /** Of a subject of NATS. */ readonly group: string };
  readonly consent: boolean;
  readonly kind: RouteDefinition["destination"]["kind"];
  readonly http: {
    readonly url: string;
    readonly method: string;
    readonly headers: readonly { readonly id: string; readonly name: string; readonly value: string }[];
    readonly passHeaders: string;
    readonly pointer: string;
    readonly headTimeout: string;
    readonly timeout: string;
    readonly signWith: string;
    readonly bearer: string;
    readonly allowPrivate: string;
  };
  readonly place: PlaceDraft;
  readonly module: { readonly file: string; readonly timeout: string; readonly memoryMb: string };
  readonly retry: { readonly maxAttempts: string; readonly maxAge: string; readonly base: string; readonly factor: string; readonly cap: string; readonly jitter: Jitter };
  readonly rules: readonly RuleDraft[];
  readonly guard: { readonly by: "none" | "header" | "pointer" | "broker_id" | "body_hash"; readonly name: string; readonly pointer: string; readonly missing: "pass" | "dead"; readonly store: string; readonly ttl: string };
  readonly ordered: { readonly by: "none" | "key" | "partition" | "header" | "pointer"; readonly name: string; readonly pointer: string };
  readonly limits: { readonly perSecond: string; readonly inFlight: string; readonly waiting: string; readonly whenFull: "pause" | "dead" };
  readonly breaker: { readonly on: boolean; readonly share: string; readonly of: string; readonly open: string };
  readonly whenUnknown: "retry" | "dead";
  readonly keepBody: "always" | "until_delivered";
  readonly deadLetter: PlaceDraft & { readonly on: boolean };
};

/** Where a guard keeps its keys, when that is no connection. */
export const IN_POSTGRES = "postgres";

const seconds = (ms: number): string => String(ms / 1_000);
const lines = (values: readonly string[]): string => values.join("\n");
const NO_PLACE: PlaceDraft = { connectionId: "", kind: BROKER_KINDS[0] ?? "rabbitmq", fields: {} };

let counter = 0;
/** An id for a line of a list in a form. */
export const lineId = (): string => `line-${(counter += 1)}`;

/** The draft of a new route, with every default. */
export const newDraft = (): RouteDraft => {
  const defaults = draftOf("", routeDefinition.parse({ destination: { kind: "module", file: "a.ts" } }));
  return { ...defaults, kind: "http", module: { ...defaults.module, file: "" } };
};

/** The draft of a route as it is stored. */
export function draftOf(name: string, definition: RouteDefinition): RouteDraft {
  const { destination, retry, rules, guard, limits, breaker, ordered, deadLetterTo } = definition;
  const http = destination.kind === "http" ? destination : null;
  const file = destination.kind === "module" ? destination : null;
  return {
    name,
    source: { connectionId: "", queue: "", type: "classic", group: "" },
    consent: false,
    kind: destination.kind,
    http: {
      url: http?.url ?? "",
      method: http?.method ?? "POST",
      headers: http?.headers.map((header) => ({ ...header, id: lineId() })) ?? [],
      passHeaders: lines(http?.passHeaders ?? []),
      pointer: http?.body.pointer ?? "",
      headTimeout: seconds(http?.headTimeoutMs ?? 10_000),
      timeout: seconds(http?.timeoutMs ?? 30_000),
      signWith: lines(http?.signWith ?? []),
      bearer: http?.bearer ?? "",
      allowPrivate: lines(http?.allowPrivate ?? []),
    },
    place: destination.kind === "queue" ? placeDraft(destination) : NO_PLACE,
    module: { file: file?.file ?? "", timeout: seconds(file?.timeoutMs ?? 30_000), memoryMb: String(file?.memoryMb ?? 128) },
    retry: {
      maxAttempts: String(retry.maxAttempts),
      maxAge: retry.maxAgeSeconds === null ? "" : String(retry.maxAgeSeconds),
      base: seconds(retry.baseMs),
      factor: String(retry.factor),
      cap: seconds(retry.capMs),
      jitter: retry.jitter,
    },
    rules: rules.map((rule) => ({ id: lineId(), status: rule.status ?? "", code: rule.code ?? "", type: rule.type ?? "", pattern: rule.pattern ?? "", verdict: rule.verdict })),
    guard: {
      by: guard?.key.by ?? "none",
      name: guard?.key.by === "header" ? guard.key.name : "",
      pointer: guard?.key.by === "pointer" ? guard.key.pointer : "",
      missing: guard?.missing ?? "pass",
      store: guard === null || guard.store.kind === "postgres" ? IN_POSTGRES : guard.store.connectionId,
      ttl: String(guard?.ttlSeconds ?? 604_800),
    },
    ordered: { by: ordered?.by ?? "none", name: ordered?.by === "header" ? ordered.name : "", pointer: ordered?.by === "pointer" ? ordered.pointer : "" },
    limits: { perSecond: limits.perSecond === null ? "" : String(limits.perSecond), inFlight: String(limits.inFlight), waiting: String(limits.waiting), whenFull: limits.whenFull },
    breaker: { on: breaker !== null, share: String(Math.round((breaker?.failureShare ?? 0.5) * 100)), of: String(breaker?.of ?? 20), open: String(breaker?.openSeconds ?? 15) },
    whenUnknown: definition.whenUnknown,
    keepBody: definition.keepBody,
    deadLetter: deadLetterTo === null ? { ...NO_PLACE, on: false } : { ...placeDraft(deadLetterTo), on: true },
  };
}

function placeDraft({ connectionId, target }: { readonly connectionId: string; readonly target: { readonly kind: BrokerKind } }): PlaceDraft {
  const { kind, ...fields } = target;
  return { connectionId, kind, fields: Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]))) };
}
