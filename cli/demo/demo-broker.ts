import type { ConfiguredConnection, ConfiguredSource } from "#core/config/check.ts";
import type { TrafficOptions } from "./pace.ts";

/** A broker that takes part in the demo when one answers at its address. */
export type DemoBroker = {
  /** As people call it. */
  readonly name: string;
  /** Its address; the port must answer before traffic begins, and when the demo is installed. */
  readonly url: string;
  /** Asked once the port answers, where many a program may listen there; what it throws means no. */
  readonly isThere?: (url: string) => Promise<boolean>;
  readonly connection: ConfiguredConnection;
  readonly sources: readonly ConfiguredSource[];
  /** Begins the sample traffic in the background; resolves to what stops it. Loads the client only now. */
  start(options: TrafficOptions): Promise<() => Promise<void>>;
};

const WATCH_SECONDS = 60;

/** A source of the demo, captured with consent. */
export const captured = (connection: string, source: Record<string, unknown>, taken = true): ConfiguredSource => ({
  connection,
  source,
  custody: taken ? "taken" : "copied",
  consent: taken,
  capture: true,
  watchSeconds: WATCH_SECONDS,
});
