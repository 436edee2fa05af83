import type { ConfiguredConnection, ConfiguredSource } from "#core/config/check.ts";
import type { BrokerKind } from "#core/brokers/index.ts";
import { env } from "../env.ts";
import { STAGES } from "./index.ts";
import type { Stage } from "./stage.ts";

export type OpenStage = {
  readonly kind: BrokerKind;
  /** For the specs. */
  readonly told: { readonly address: unknown } | { readonly missing: string };
  readonly connection: ConfiguredConnection | null;
  readonly source: ConfiguredSource | null;
  close(): Promise<void>;
};

/** Starts the servers of all further brokers, side by side. One that can not be had is told, and its spec skipped. */
export const openStages = (): Promise<OpenStage[]> => Promise.all(STAGES.filter(({ kind }) => env.stages === undefined || env.stages.includes(kind)).map(openStage));

async function openStage(stage: Stage): Promise<OpenStage> {
  try {
    const { address, connection, source, close } = await stage.open();
    return { kind: stage.kind, told: { address }, connection, source, close };
  } catch (error) {
    const missing = error instanceof Error ? error.message : String(error);
    console.warn(`no ${stage.kind} for the end-to-end tests: ${missing}`);
    return { kind: stage.kind, told: { missing }, connection: null, source: null, close: async () => {} };
  }
}
