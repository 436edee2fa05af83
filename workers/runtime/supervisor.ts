import type { Log } from "../log.ts";
import { pause } from "./wake.ts";

/** A job that runs until `stop`; it may throw, and is then started again. */
export type Duty = {
  readonly name: string;
  readonly run: (stop: AbortSignal) => Promise<void>;
};

export type DutyHealth = {
  readonly name: string;
  /** ISO UTC. */
  readonly since: string;
  readonly restarts: number;
  readonly lastError: string | null;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A run this long means that the trouble before it is over. */
const HEALTHY_MS = 30_000;

/** Keeps duties running: restarts with jittered backoff, without giving up, and without one stopping another. */
export class Supervisor {
  readonly #log: Log;
  readonly #health = new Map<string, DutyHealth>();

  constructor(log: Log) {
    this.#log = log;
  }

  get health(): readonly DutyHealth[] {
    return [...this.#health.values()];
  }

  /** Resolves when every duty has ended after `stop`. */
  async run(duties: readonly Duty[], stop: AbortSignal): Promise<void> {
    await Promise.all(duties.map((duty) => this.#keep(duty, stop)));
  }

  async #keep(duty: Duty, stop: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    let restarts = 0;
    let lastError: string | null = null;
    while (!stop.aborted) {
      const began = Date.now();
      this.#health.set(duty.name, { name: duty.name, since: new Date(began).toISOString(), restarts, lastError });
      try {
        await duty.run(stop);
        if (stop.aborted) break;
        lastError = "ended by itself";
      } catch (error) {
        lastError = error instanceof Error ? error.message : String(error);
        this.#log.warn({ duty: duty.name, err: error }, "duty failed, it will be started again");
      }
      restarts += 1;
      pauseMs = Date.now() - began > HEALTHY_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      await pause(pauseMs * (0.5 + Math.random() / 2), stop);
    }
    this.#health.delete(duty.name);
  }
}
