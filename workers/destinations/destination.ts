import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";
import type { DeliveryOutcome } from "#core/route/outcome.ts";

/** One try at one message. */
export type Delivery = {
  /** The message's id over all tries and resends, UUID: what a receiver tells duplicates by. */
  readonly messageId: string;
  readonly attemptId: string;
  /** Which try of this delivery, from 1. */
  readonly attempt: number;
  readonly route: string;
  readonly receivedAt: Date;
  readonly body: Uint8Array;
  readonly headers: readonly Header[];
  readonly native: Native;
};

/** A destination, open. Never throws for what the destination does: that is an outcome. `stop` aborts at shutdown. */
export type Destination = {
  deliver(delivery: Delivery, stop: AbortSignal): Promise<DeliveryOutcome>;
  close(): Promise<void>;
};
