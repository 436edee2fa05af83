import { z } from "zod";

const duties = z.array(
  z.object({
    name: z.string(),
    /** ISO UTC. */
    since: z.string(),
    /** How often it failed and was started again. */
    restarts: z.number(),
    lastError: z.string().nullable(),
  }),
);
export type DutyHealth = z.infer<typeof duties>[number];

/** Reads what a worker wrote about its duties; another version's unknown form is no duties, not an error. */
export function readDuties(text: string): DutyHealth[] {
  try {
    return duties.parse(JSON.parse(text));
  } catch {
    return [];
  }
}
