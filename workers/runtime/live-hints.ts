import type { Sql } from "#db/client.ts";
import type { LiveTopic } from "#core/live.ts";
import { notify } from "#db/listen.ts";
import type { Log } from "../log.ts";

/** The web passes on no more than ten events a second anyway. */
const APART_MS = 100;

/**
 * Tells the screens what changed, many commits with one NOTIFY. Outside of their transactions, since commits that notify
 * wait for each other's disk: with many routes they would be written one after the other.
 */
export class LiveHints {
  readonly #sql: Sql;
  readonly #log: Log;
  readonly #topics = new Set<LiveTopic>();
  #timer: NodeJS.Timeout | null = null;

  constructor(sql: Sql, log: Log) {
    this.#sql = sql;
    this.#log = log;
  }

  /** After the commit. Goes out within 100 ms; lost with the process, as any hint may be. */
  changed(topics: readonly LiveTopic[]): void {
    for (const topic of topics) this.#topics.add(topic);
    this.#timer ??= setTimeout(() => void this.flush(), APART_MS);
  }

  /** Sends what waits, at once. Never throws. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#topics.size === 0) return;
    const topics = [...this.#topics];
    this.#topics.clear();
    await notify(this.#sql, topics).catch((error: unknown) => this.#log.warn({ err: error }, "screens could not be told of a change"));
  }
}
