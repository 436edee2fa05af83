import { z } from "zod";

/** Colours of the sign in the top bar. */
export const ENVIRONMENT_TONES = ["grey", "blue", "teal", "green", "violet", "amber", "red"] as const;
export type EnvironmentTone = (typeof ENVIRONMENT_TONES)[number];

export const environment = z.strictObject({
  name: z.string().trim().min(1).max(40),
  tone: z.enum(ENVIRONMENT_TONES),
  /** Drawn so that it can not be taken for anything else. */
  production: z.boolean(),
});
/** Which installation this is; shown on every page. */
export type Environment = z.infer<typeof environment>;

/** Nobody named it yet: it does not claim to be production, nor to be safe. */
export const UNNAMED_ENVIRONMENT: Environment = { name: "Redrive", tone: "grey", production: false };
