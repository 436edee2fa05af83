import type { Stage } from "./stage.ts";

/** Every further broker of the end-to-end tests. */
export const STAGES: readonly Stage[] = [];
