import { sweep } from "#db/queries/retain.ts";
import type { Duty } from "../runtime/supervisor.ts";
import { pause } from "../runtime/wake.ts";
import type { Parts } from "./parts.ts";

const EVERY_MS = 10 * 60_000;

/** Sweeps what only served short looks back. One worker at a time. */
export const retainDuty = ({ sql, leases }: Parts): Duty => ({
  name: "retain",
  run: async (stop) => {
    while (!stop.aborted) {
      const held = await leases.take("retain");
      if (held !== null) {
        await sweep(sql);
        await held.release();
      }
      await pause(EVERY_MS, stop);
    }
  },
});
