/**
 * What a module of a route is given and may do. A module needs no import; for an editor's help it may name this file's types:
 *
 *     import type { Handler } from "<redrive>/workers/destinations/module-api.ts";
 *     export default (async (message, { signal, Retry, DeadLetter }) => { ... }) satisfies Handler;
 *
 * It returns when the message is delivered and throws when it is not. What it throws decides: `Retry` is tried again, after
 * `delayMs` if given; `DeadLetter` is not; any other error is judged by its `code` or `name`, see core/route/classify.ts.
 * What it prints goes to the workers' output. A change of the file is seen at the next message; of files it imports, when it is
 * itself touched or the workers are started again.
 * An error of one's own that is named `Retry` or `DeadLetter` counts as one.
 */
export type Handler = (message: Message, context: Context) => unknown;

export type Message = {
  /** The same over all tries and resends: what to tell duplicates by. */
  readonly id: string;
  readonly receivedAt: Date;
  readonly body: Uint8Array;
  /** The body as UTF-8. Throws where it is none. */
  text(): string;
  /** The body as JSON. Numbers beyond 2^53 lose digits, as JSON.parse does. */
  json(): unknown;
  /** In order, names may repeat; values as text, see core/message/header-words.ts. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The first header of that name, in any case, or null. */
  header(name: string): string | null;
  /** What the broker says besides: partition, offset, routing key. */
  readonly native: Readonly<Record<string, unknown>>;
};

export type Context = {
  readonly route: string;
  /** Which try this is, from 1. */
  readonly attempt: number;
  /** Aborts when the deadline has passed or the worker stops. Ending soon then keeps other messages of the thread from doubt. */
  readonly signal: AbortSignal;
  /** `throw new Retry("why", { delayMs: 5_000 })` */
  readonly Retry: new (message?: string, options?: ErrorOptions & { readonly delayMs?: number }) => Error;
  /** `throw new DeadLetter("why")` */
  readonly DeadLetter: new (message?: string, options?: ErrorOptions) => Error;
};
