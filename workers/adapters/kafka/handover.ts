import type { KafkaMessage } from "kafkajs";
import type { Fault } from "#core/fault.ts";

/** Records of one partition on their way from kafkajs, which pushes, to the capture, which pulls. */
export type Chunk = {
  readonly partition: number;
  readonly records: readonly KafkaMessage[];
  /** The partition's end when they were fetched. */
  readonly high: string;
  /** The partition was taken away or read anew meanwhile: these are no longer to be handed out. */
  withdrawn(): boolean;
};

export type Handover = {
  /** Aborts when nothing more is to be handed out. */
  readonly signal: AbortSignal;
  /** Resolves when `signal` aborts. */
  readonly ended: Promise<void>;
  /** How often a partition was read anew; a chunk of an earlier epoch is stale. */
  readonly epochs: Map<number, number>;
  /** Resolves to true when the chunk was taken, to false when nothing is taken any more. */
  give(chunk: Chunk): Promise<boolean>;
  /** What was given, in order; ends with the signal, throws what `fail` was told. */
  chunks(): AsyncGenerator<Chunk, void, void>;
  fail(fault: Fault): void;
  close(): void;
};

/** A place where chunks wait until they are taken: one for each partition at most, since the giver waits. */
export function handover(stop: AbortSignal): Handover {
  const own = new AbortController();
  const signal = AbortSignal.any([stop, own.signal]);
  const waiting: { chunk: Chunk; taken: (yes: boolean) => void }[] = [];
  let failure: Fault | null = null;
  let wake = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  void ended.then(() => {
    for (const { taken } of waiting.splice(0)) taken(false);
    wake.resolve();
  });
  return {
    signal,
    ended,
    epochs: new Map(),
    give: (chunk) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(false);
        waiting.push({ chunk, taken: resolve });
        wake.resolve();
      }),
    async *chunks() {
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next === undefined) {
          await wake.promise;
          wake = Promise.withResolvers<void>();
          continue;
        }
        next.taken(true);
        if (!next.chunk.withdrawn()) yield next.chunk;
      }
      if (failure !== null && !stop.aborted) throw failure;
    },
    fail: (fault) => {
      failure ??= fault;
      own.abort();
    },
    close: () => own.abort(),
  };
}
