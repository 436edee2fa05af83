import { z } from "zod";

/** Colours of the top bar, by meaning of use: red is what people take for production. */
export const ENVIRONMENT_COLOURS = ["grey", "blue", "green", "amber", "red", "violet"] as const;
export type EnvironmentColour = (typeof ENVIRONMENT_COLOURS)[number];

export const environment = z.strictObject({
  name: z.string().trim().min(1).max(40),
  colour: z.enum(ENVIRONMENT_COLOURS),
});
/** Which installation this is; shown on every page. */
export type Environment = z.infer<typeof environment>;

export const UNNAMED_ENVIRONMENT: Environment = { name: "Redrive", colour: "grey" };
