import type { BrokerKind } from "#core/brokers/index.ts";
import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/native.ts";
import type { Target } from "#core/message/normal-form.ts";
import type { AnySession } from "#workers/adapters/index.ts";

/** A fresh, empty place on a broker, written and read by the adapter and by its bare client. */
export type BenchPlace = {
  /** JSON text of the adapter's source. */
  readonly source: string;
  readonly target: Target;
  /** Facts for a message that is published there. */
  readonly native: Native;
  readonly headers: readonly Header[];
  /** The bare client's fastest honest way: many in flight, each confirmed. */
  rawPublish(bodies: readonly Buffer[]): Promise<void>;
  /** The bare client's: reads `count` messages in bulk and settles them as the adapter must. Answers how many came. */
  rawConsume(count: number): Promise<number>;
};

/** One kind of broker to measure, with a server of the benchmark's own. */
export type Subject = {
  readonly kind: BrokerKind;
  open(): Promise<AsyncDisposable & { readonly session: AnySession; place(): Promise<BenchPlace> }>;
};
