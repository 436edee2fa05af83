import type { z } from "zod";
import type { Fault } from "../fault.ts";
import type { Outgoing, RawDeath } from "../message/raw.ts";
import type { Custody, Manifest } from "./manifest.ts";

/** How far capture of a copied source has come; the adapter's own JSON-safe note, null at the start. */
export type Cursor = string | null;

/** What accepting a batch found out; stored in the moment in which the batch is marked accepted. */
export type Accepted = {
  readonly notices: readonly string[];
  /** Takes the place of the batch's own cursor, unless a later batch was stored meanwhile. */
  readonly cursor: Cursor;
};

/** Deaths read together. Exactly one of accept and release is called, once. */
export type Batch = {
  readonly deaths: readonly RawDeath[];
  /**
   * What an operator has to know although capture goes on, in English: offsets that were gone before they were read.
   * Stored with the batch, which may be one without deaths.
   */
  readonly notices?: readonly string[];
  /** Where to go on from once this batch is stored; null for a source that is taken. */
  readonly cursor: Cursor;
  /** After our commit. Resolves when the broker has surely processed it, so that it will not deliver these again. */
  accept(): Promise<Accepted | void>;
  /** Our commit failed: the broker may deliver them again, in its order. */
  release(): Promise<void>;
};

export type PublishOutcome =
  | { readonly status: "confirmed"; readonly receipt: string | null }
  | { readonly status: "refused"; readonly fault: Fault } // certainly not delivered
  | { readonly status: "unknown"; readonly fault: Fault }; // may or may not have been

/**
 * How a reader's place lies in a queue that keeps what was read. `none`: it has none yet. `truncated`: before what is left,
 * so messages were deleted before it read them. `beyond`: after the end, so the queue was made anew.
 */
export type Place = "set" | "none" | "truncated" | "beyond";

/** Whoever reads such a queue with a place of its own: a consumer group. */
export type Reader = {
  readonly name: string;
  /** Messages after its place. */
  readonly behind: number;
  readonly place: Place;
};

/** Those that are farthest behind first; `more`: there may be others. */
export type Readers = { readonly list: readonly Reader[]; readonly more: boolean };

/** A depth with its kind; unknown is never zero. */
export type Depth =
  | {
      readonly kind: "exact" | "upper_bound" | "estimate";
      readonly ready: number;
      /** Handed to consumers and not acknowledged; null when the broker does not tell. */
      readonly inFlight: number | null;
      readonly consumers: number | null;
      /** Redrive's own place, where the queue keeps what was read. */
      readonly place?: Place;
    }
  | { readonly kind: "unknown"; readonly fault: Fault };

/** Why a queue looks like a dead-letter queue, strongest first. */
export type DeadLetterSign =
  | { readonly sign: "target_of"; readonly queue: string } // queue's arguments or policy dead-letter into it
  | { readonly sign: "declared" } // the broker itself says so
  | { readonly sign: "name" };

export type DiscoveredQueue<S> = {
  readonly name: string;
  /** classic, quorum, stream, partitioned, ... in the broker's words. */
  readonly type: string;
  readonly source: S;
  readonly custody: Custody;
  readonly deadLetterSigns: readonly DeadLetterSign[];
  /** Null, or left out, where the broker does not tell. */
  readonly readers?: Readers | null;
  /** Warnings about the set-up, in English, e.g. a dead-letter exchange that does not exist. */
  readonly warnings: readonly string[];
};

export type CaptureLimits = {
  /** A batch is closed at this many bytes of bodies and headers, */
  readonly maxBytes: number;
  /** this many deaths, */
  readonly maxCount: number;
  /** or this many ms after its first death. */
  readonly maxWaitMs: number;
};

type Base<M extends Manifest> = AsyncDisposable & {
  /** Resolves when the login works. Throws Fault. */
  ping(signal: AbortSignal): Promise<void>;
  /**
   * Reads deaths until `stop` aborts, then ends within a second without losing or acking what was not accepted.
   * Throws Fault when the broker ends it; the caller opens it again.
   */
  capture(
    source: z.infer<M["source"]>,
    from: Cursor,
    limits: CaptureLimits,
    stop: AbortSignal,
  ): AsyncIterable<Batch>;
  /** One outcome per message, in order. Never throws for a broker's fault: that is an outcome. */
  publish(
    messages: readonly Outgoing[],
    target: z.infer<M["target"]>,
    signal: AbortSignal,
  ): Promise<readonly PublishOutcome[]>;
  /** In the order of `queues`. Throws Fault only when nothing could be measured at all. */
  depth(queues: readonly z.infer<M["source"]>[], signal: AbortSignal): Promise<readonly Depth[]>;
  /** Rejects with the Fault that ended the session; never resolves. */
  readonly lost: Promise<never>;
};

type Optional<M extends Manifest> = {
  /** Every queue this login can see. Throws Fault. */
  discover(signal: AbortSignal): Promise<readonly DiscoveredQueue<z.infer<M["source"]>>[]>;
};

type Granted<C> = { [K in keyof C]: C[K] extends true ? K : never }[keyof C];

/** An open connection: the base, and what the manifest grants. */
export type Session<M extends Manifest> = Base<M> & Pick<Optional<M>, Extract<Granted<M["capabilities"]>, keyof Optional<M>>>;

export type AdapterInput<M extends Manifest> = {
  /** Shown to the broker as the client's name. */
  readonly name: string;
  readonly settings: z.infer<M["settings"]>;
  readonly secrets: z.infer<M["secrets"]>;
  readonly signal: AbortSignal;
};

/** Opens a session. Throws Fault. */
export type Adapter<M extends Manifest> = (input: AdapterInput<M>) => Promise<Session<M>>;
