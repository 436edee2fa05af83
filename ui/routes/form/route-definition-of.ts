import { routeDefinition, routeName, type RouteDefinition } from "#core/route/definition.ts";
import { typedTarget } from "../../operations/destination-form.ts";
import { IN_POSTGRES, type PlaceDraft, type RouteDraft } from "./route-draft.ts";

/** What is wrong with one field, by its path in the definition: `destination.url`. */
export type Complaint = { readonly code: "required" | "number" | "min" | "max" | "form"; readonly bound?: number };
type Complaints = ReadonlyMap<string, Complaint>;

// NaN is refused by the schema, which is what shall happen to text that is no number
const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
const ms = (text: string): number => Math.round(number(text) * 1_000);
const listOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== "");
const orNull = <T>(text: string, read: (text: string) => T): T | null => (text.trim() === "" ? null : read(text));

/** What was typed, in the shape of a definition; not checked yet. */
function shaped(draft: RouteDraft): unknown {
  const { retry, guard, ordered, limits, breaker } = draft;
  return {
    destination: destinationOf(draft),
    retry: { maxAttempts: number(retry.maxAttempts), maxAgeSeconds: orNull(retry.maxAge, number), baseMs: ms(retry.base), factor: number(retry.factor), capMs: ms(retry.cap), jitter: retry.jitter },
    rules: draft.rules.map(({ status, code, type, pattern, verdict }) => ({ ...filled({ status: status.trim(), code, type: type.trim(), pattern }), verdict })),
    guard:
      guard.by === "none"
        ? null
        : { key: keyOf(guard), missing: guard.missing, store: guard.store === IN_POSTGRES ? { kind: "postgres" } : { kind: "redis", connectionId: guard.store }, ttlSeconds: number(guard.ttl) },
    limits: { perSecond: orNull(limits.perSecond, number), inFlight: number(limits.inFlight), waiting: number(limits.waiting), whenFull: limits.whenFull },
    breaker: breaker.on ? { failureShare: number(breaker.share) / 100, of: number(breaker.of), openSeconds: number(breaker.open) } : null,
    ordered: ordered.by === "none" ? null : keyOf(ordered),
    whenUnknown: draft.whenUnknown,
    keepBody: draft.keepBody,
    deadLetterTo: draft.deadLetter.on ? placeOf(draft.deadLetter) : null,
  };
}

function destinationOf({ kind, http, place, module }: RouteDraft): unknown {
  if (kind === "queue") return { kind, ...placeOf(place) };
  if (kind === "module") return { kind, file: module.file.trim(), timeoutMs: ms(module.timeout), memoryMb: number(module.memoryMb) };
  return {
    kind,
    url: http.url.trim(),
    method: http.method,
    headers: http.headers.map(({ name, value }) => ({ name: name.trim(), value })),
    passHeaders: listOf(http.passHeaders),
    body: { pointer: http.pointer.trim() },
    headTimeoutMs: ms(http.headTimeout),
    timeoutMs: ms(http.timeout),
    signWith: listOf(http.signWith),
    bearer: orNull(http.bearer, (text) => text.trim()),
    allowPrivate: listOf(http.allowPrivate),
  };
}

const filled = (fields: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));

const keyOf = ({ by, name, pointer }: { readonly by: string; readonly name: string; readonly pointer: string }) =>
  by === "header" ? { by, name: name.trim() } : by === "pointer" ? { by, pointer: pointer.trim() } : { by };

const placeOf = ({ connectionId, kind, fields }: PlaceDraft) => ({ connectionId, target: { kind, ...typedTarget(kind, fields) } });

export type ReadDraft = { readonly definition: RouteDefinition | null; readonly wrong: Complaints };

/** Checks what was typed: the definition when all of it is well, and what is wrong by field. */
export function readDraft(draft: RouteDraft): ReadDraft {
  const wrong = new Map<string, Complaint>();
  if (!routeName.safeParse(draft.name.trim()).success) wrong.set("name", { code: draft.name.trim() === "" ? "required" : "form" });
  const read = routeDefinition.safeParse(shaped(draft));
  for (const issue of read.error?.issues ?? []) {
    const path = issue.path.join(".");
    if (!wrong.has(path)) wrong.set(path, complaintOf(issue));
  }
  if (isNowhere(draft.kind === "queue" ? draft.place : null)) wrong.set("destination.target", { code: "required" });
  if (isNowhere(draft.deadLetter.on ? draft.deadLetter : null)) wrong.set("deadLetterTo.target", { code: "required" });
  return { definition: wrong.size === 0 ? (read.data ?? null) : null, wrong };
}

/** RabbitMQ's default exchange without a key is no place. */
const isNowhere = (place: PlaceDraft | null): boolean => place?.kind === "rabbitmq" && (place.fields.exchange ?? "") === "" && (place.fields.routingKey ?? "") === "";

type Issue = { readonly code?: string | undefined; readonly minimum?: unknown; readonly maximum?: unknown; readonly origin?: unknown; readonly input?: unknown };

function complaintOf({ code, minimum, maximum, origin }: Issue): Complaint {
  if (code === "too_small" && origin === "string") return { code: "required" };
  if (code === "too_small" && typeof minimum === "number") return { code: "min", bound: minimum };
  if (code === "too_big" && typeof maximum === "number") return { code: "max", bound: maximum };
  if (code === "invalid_type") return { code: "number" };
  return { code: "form" };
}
