import { z } from "zod";

const probeAnswer = z.object({
  /** How long it took, ms. */
  ms: z.number(),
  /** How many queues this login can list; null when it may not. */
  queues: z.number().nullable(),
  /** Why it could not list them. */
  fault: z.string().nullable(),
});
export type ProbeAnswer = z.infer<typeof probeAnswer>;

/** Reads a worker's answer to a probe; null when it is none. */
export function readProbeAnswer(text: string | null): ProbeAnswer | null {
  if (text === null) return null;
  try {
    return probeAnswer.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
