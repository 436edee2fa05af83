import type { Wake } from "./wake.ts";

export type Turn = "worked" | "idle";

export type LoopOptions = {
  /** `worked` when there may be more at once. */
  readonly turn: () => Promise<Turn>;
  readonly idleMs: number;
  readonly wake: Wake;
  readonly onError: (error: unknown) => void;
};

/** Turn after turn until `stop`. A turn that fails counts as idle: a broken database is a pause, not a hot loop. */
export async function loop({ turn, idleMs, wake, onError }: LoopOptions, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    let outcome: Turn = "idle";
    try {
      outcome = await turn();
    } catch (error) {
      onError(error);
    }
    if (outcome === "idle") await wake.wait(idleMs, stop);
  }
}
