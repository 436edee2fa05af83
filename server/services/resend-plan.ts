import { kindOfTransport } from "#core/brokers/of-transport.ts";
import { plan } from "#core/decoders/index.ts";
import type { Header } from "#core/message/header.ts";
import type { Place, ResendNote, ResendPlan, Target } from "#core/message/normal-form.ts";
import type { Native } from "#core/message/raw.ts";
import type { Selection } from "#core/selection.ts";
import type { Db } from "#db/client.ts";
import { sampleOf } from "#db/queries/message-bodies.ts";

/** How many messages of a selection are looked at. */
const SAMPLE = 20;
/** Bodies above this are not read for a plan: a retry counter inside so large a body is told when it is sent. */
const MAX_BODY = 1024 * 1024;

/** One place and how many of the sample go there; null: the message does not tell. */
export type Destined = { readonly target: Place | null; readonly count: number };

/** What a resend would do to the messages of a selection, told from a sample. */
export type SelectionPlan = {
  readonly sampled: number;
  readonly kinds: readonly Target["kind"][];
  readonly failedQueue: readonly Destined[];
  readonly origin: readonly Destined[];
  /** Names of headers left out, and of headers set to another value. */
  readonly strip: readonly string[];
  readonly set: readonly string[];
  /** How many bodies get their retry counter reset. */
  readonly bodiesChanged: number;
  readonly notes: readonly ResendNote[];
};

function tally(targets: readonly (Place | null)[]): Destined[] {
  const groups = Map.groupBy(targets, (target) => JSON.stringify(target));
  return [...groups.values()].map((same) => ({ target: same[0] ?? null, count: same.length })).toSorted((a, b) => b.count - a.count);
}

const routeOf = (message: { readonly routeId: string | null; readonly route: string | null } | undefined): Place | null =>
  message?.routeId == null ? null : { kind: "route", routeId: message.routeId, route: message.route ?? "" };

const union = <T>(lists: readonly (readonly T[])[]): T[] => [...new Set(lists.flat())];

/** Looks at the newest messages of a selection and asks their conventions how they go back. */
export async function planSelection(db: Db, selection: Selection): Promise<SelectionPlan> {
  const sample = await sampleOf(db, selection, SAMPLE, MAX_BODY);
  const natives = sample.map(({ native }) => JSON.parse(native) as Native);
  const plans: ResendPlan[] = sample.map((message, at) =>
    plan({ headers: JSON.parse(message.headers) as Header[], native: natives[at] as Native, body: message.body ?? new Uint8Array() }, message.rule),
  );
  return {
    sampled: sample.length,
    kinds: union(natives.map(({ transport }) => [kindOfTransport(transport)])),
    // what a route gave up goes through it once more
    failedQueue: tally(plans.map(({ failedQueue }, at) => routeOf(sample[at]) ?? failedQueue)),
    origin: tally(plans.map(({ origin }) => origin)),
    strip: union(plans.map(({ strip }) => strip)),
    set: union(plans.map(({ set }) => set.map(({ name }) => name))),
    bodiesChanged: plans.filter(({ body }) => body !== null).length,
    notes: union(plans.map(({ notes }) => notes)),
  };
}
