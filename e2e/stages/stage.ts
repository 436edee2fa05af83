import type { BrokerKind } from "#core/brokers/index.ts";
import type { ConfiguredConnection, ConfiguredSource } from "#core/config/check.ts";

/** What a consumer of the work place sees of one message, and how it dies again with what it carries. */
type Taken = {
  readonly body: Buffer;
  /** Headers, properties or fields by name, as text; empty where the broker has none. */
  readonly headers: Readonly<Record<string, string>>;
  /** It fails again, in the way of its convention. */
  dieAgain(): Promise<void>;
};

/** A producer and a consumer on one broker that know nothing of Redrive. */
type Actors = AsyncDisposable & {
  /** A message with this body is sent, fails, and dies in the way of its convention. */
  die(body: Buffer): Promise<void>;
  /** Waits for the next message at the work place: the resend. */
  take(): Promise<Taken>;
};

/** A queue for a route to read, and its producer. */
export type Feed = AsyncDisposable & { readonly queue: string; put(bodies: readonly string[]): Promise<void> };

/** What the page has to tell of the death. */
type Told = {
  /** The decoder's title. */
  readonly rule: string;
  /** The place where it failed, as the timeline shows it. */
  readonly failedIn: string;
  /** The words of the resend button behind "to". */
  readonly target: string;
  /** A word of the error or reason that stands in the row. */
  readonly row: string;
  /** Whether a resend is stamped with Redrive's headers. */
  readonly stamped: boolean;
};

/** One broker of the end-to-end tests: its own server, what is captured there, and who acts on it. */
export type Stage<Address = unknown> = {
  readonly kind: BrokerKind;
  /** Starts a server and declares the places. `address` is JSON: the specs run in another process. */
  open(): Promise<{
    readonly address: Address;
    readonly connection: ConfiguredConnection;
    readonly source: ConfiguredSource;
    close(): Promise<void>;
  }>;
  actors(address: Address): Promise<Actors>;
  /** Makes a queue of its own for a route; only of those kinds whose routes are tested here. */
  feed?(address: Address): Promise<Feed>;
  readonly told: Told;
};
