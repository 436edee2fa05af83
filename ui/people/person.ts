import type { Outputs } from "../trpc/outputs.ts";

export type Person = Outputs["people"]["list"][number];

/** A one-time link for somebody, as it is to be handed over. */
export type HandOver = { readonly name: string; readonly token: string; readonly expiresAt: string };
