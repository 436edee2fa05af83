import { settleDeliveries, type Settled } from "#db/queries/deliveries-settle.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import { failpoint } from "../runtime/failpoint.ts";
import { pause } from "../runtime/wake.ts";
import type { Parts } from "./parts.ts";

const MOST_AT_ONCE = 500;
const PAUSE_MS = 500;
/** Beyond it the leases have run out: another worker has the deliveries by then. */
const GIVE_UP_MS = 30_000;

/** Writes down what became of deliveries: what comes while one transaction is under way goes into the next. */
export class RouteSettling {
  readonly #parts: Parts;
  readonly #route: ActiveRoute;
  readonly #written: (attemptIds: readonly string[]) => void;
  #waiting: Settled[] = [];
  #writing: Promise<void> | null = null;

  /** `written` hears of every attempt that needs no lease any longer. */
  constructor(parts: Parts, route: ActiveRoute, written: (attemptIds: readonly string[]) => void) {
    this.#parts = parts;
    this.#route = route;
    this.#written = written;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(settled: Settled): void {
    this.#waiting.push(settled);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when all is written, or given up. */
  async done(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_AT_ONCE);
      await this.#write(batch);
      this.#written(batch.map(({ claimed }) => claimed.attemptId));
    }
  }

  async #write(batch: readonly Settled[]): Promise<void> {
    const { id, sourceId, connectionId, definition } = this.#route;
    const route = { id, sourceId, connectionId, ordered: definition.ordered !== null, dropBodies: definition.keepBody === "until_delivered" };
    for (const began = performance.now(); performance.now() - began < GIVE_UP_MS; ) {
      try {
        await settleDeliveries(this.#parts.sql, route, batch, async () => undefined);
        failpoint("deliver.settled");
        return;
      } catch (error) {
        if (isDataError(error) && batch.length > 1) return this.#oneByOne(batch);
        this.#parts.log.warn({ route: this.#route.name, err: error }, "what became of deliveries could not be written, trying again");
        await pause(PAUSE_MS, new AbortController().signal);
      }
    }
    this.#parts.log.error({ route: this.#route.name, count: batch.length }, "what became of deliveries was not written: they are tried again");
  }

  /** One that Postgres refuses holds up no other. */
  async #oneByOne(batch: readonly Settled[]): Promise<void> {
    for (const each of batch) await this.#write([each]);
  }
}

/** Class 22: the data was refused, not the connection. */
const isDataError = (error: unknown): boolean => error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("22");
