import { setTimeout as pause } from "node:timers/promises";
import { Fault } from "#core/fault.ts";
import { asFault } from "./faults.ts";
import type { Lane } from "./lane.ts";
import { waits, type Shape } from "./shape.ts";

/** How long a new letter may lie before it is seen. One statement asks for all queues, so it costs little. */
const LOOK_MS = 50;
const BEAT_MS = 3_000;

/** The session's own connection: it looks for new letters, and its end is the session's end. */
export type Pulse = {
  /** Resolves when a job waits in `queue` or `stop` aborts. Throws Fault when there is no such queue or the pulse ends. */
  waiting(queue: string, stop: AbortSignal): Promise<void>;
  /** Rejects with the Fault that ended it. */
  readonly lost: Promise<never>;
  /** Ends it without a fault; those who wait are turned away. */
  stop(): void;
};

type Watcher = { readonly queue: string; resolve(): void; reject(fault: Fault): void };

/** Starts on a lane of its own, which nothing else may use. */
export function startPulse(lane: Lane, shape: Shape): Pulse {
  const watchers = new Set<Watcher>();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  const end = new AbortController();
  const over = end.signal;
  let nudge = new AbortController();

  const rest = async (ms: number): Promise<void> => {
    nudge = new AbortController();
    await pause(ms, undefined, { signal: nudge.signal }).catch(() => undefined);
  };
  const look = async (): Promise<void> => {
    const asked = [...watchers];
    const seen = await lookAt(lane, shape, [...new Set(asked.map(({ queue }) => queue))]);
    for (const watcher of asked) {
      const waiting = seen.get(watcher.queue);
      if (waiting === undefined) watcher.reject(noQueue(shape, watcher.queue));
      else if (waiting) watcher.resolve();
    }
  };
  const run = async (): Promise<void> => {
    while (!over.aborted) {
      if (watchers.size > 0) await look();
      else await lane.ask((sql) => sql`select 1`);
      if (!over.aborted) await rest(watchers.size > 0 ? LOOK_MS : BEAT_MS);
    }
  };
  void lane.ended.then(() => nudge.abort());
  run().catch((error: unknown) => {
    const fault = asFault(error);
    lane.destroy();
    if (!over.aborted) lost.reject(fault);
    end.abort();
    for (const watcher of watchers) watcher.reject(fault);
  });

  return {
    async waiting(queue, stop) {
      if (over.aborted) throw new Fault("unreachable", "the session is closed");
      if (stop.aborted) return;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const watcher = { queue, resolve, reject };
      const leave = (): void => resolve();
      watchers.add(watcher);
      stop.addEventListener("abort", leave);
      if (watchers.size === 1) nudge.abort();
      try {
        await promise;
      } finally {
        watchers.delete(watcher);
        stop.removeEventListener("abort", leave);
      }
    },
    lost: lost.promise,
    stop() {
      end.abort();
      lane.destroy();
      for (const watcher of watchers) watcher.reject(new Fault("unreachable", "the session is closed"));
    },
  };
}

/** Which of the queues have a job waiting; a queue that does not exist is left out. */
async function lookAt(lane: Lane, shape: Shape, queues: readonly string[]): Promise<Map<string, boolean>> {
  const rows = await lane.ask((sql) => sql<{ name: string; waiting: boolean }[]>`
    select q.name, exists (
      select from ${sql(shape.schema)}.job j where j.name = q.name and ${waits(sql, shape)}
    ) as waiting
    from ${sql(shape.schema)}.queue q
    where q.name in (select jsonb_array_elements_text(${JSON.stringify(queues)}::text::jsonb))`);
  return new Map(rows.map(({ name, waiting }) => [name, waiting]));
}

/** There is no such queue. */
export const noQueue = ({ schema }: Shape, queue: string): Fault =>
  new Fault("not_found", `queue ${queue} does not exist in schema ${schema}`);
