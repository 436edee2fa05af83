import type { Outputs } from "../trpc/outputs.ts";

export type ApiKeyRow = Outputs["apiKeys"]["list"][number];

/** A key that was just made, as it is to be handed over. */
export type MadeKey = { readonly name: string; readonly key: string };
