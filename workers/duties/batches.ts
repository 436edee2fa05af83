import type { Log } from "../log.ts";
import { pause } from "../runtime/wake.ts";

const MOST_AT_ONCE = 500;
const PAUSE_MS = 500;
/** ms after a batch in which the next one comes together: one statement for many costs less than many for a few. */
const GATHER_MS = 5;
/** Beyond it the leases have run out: another worker has the deliveries by then. */
const GIVE_UP_MS = 30_000;

/**
 * Writes down what became of deliveries: what comes while one batch is written goes into the next. A batch that fails is tried
 * again until its leases have run out; of one that Postgres refuses each is written alone, and holds up no other.
 */
export class Batches<T> {
  readonly #log: Log;
  readonly #write: (batch: readonly T[]) => Promise<void>;
  readonly #ended: (item: T) => void;
  #waiting: T[] = [];
  #writing = false;

  /** `ended` hears of everything that was added, once it is written or given up. */
  constructor(log: Log, { write, ended }: { write(batch: readonly T[]): Promise<void>; ended(item: T): void }) {
    this.#log = log;
    this.#write = write;
    this.#ended = ended;
  }

  add(item: T): void {
    this.#waiting.push(item);
    if (!this.#writing) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_AT_ONCE);
      await this.#persist(batch);
      for (const each of batch) this.#ended(each);
      await pause(GATHER_MS, NEVER);
    }
    this.#writing = false;
  }

  async #persist(batch: readonly T[]): Promise<void> {
    for (const began = performance.now(); performance.now() - began < GIVE_UP_MS; ) {
      try {
        return await this.#write(batch);
      } catch (error) {
        this.#log.warn({ err: error, count: batch.length }, "what became of deliveries could not be written, trying again");
        if (isDataError(error)) {
          if (batch.length === 1) break;
          for (const each of batch) await this.#persist([each]);
          return;
        }
        await pause(PAUSE_MS, NEVER);
      }
    }
    this.#log.error({ count: batch.length }, "what became of deliveries was not written: they are tried again");
  }
}

const NEVER = new AbortController().signal;

/** Class 22: the data was refused, not the connection. */
const isDataError = (error: unknown): boolean => error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("22");
