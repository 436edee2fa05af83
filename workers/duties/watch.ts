import { doubtExpired, finishEmptyResends, resolveWatched } from "#db/queries/sends.ts";
import { loop } from "../runtime/loop.ts";
import type { Duty } from "../runtime/supervisor.ts";
import { makeWake } from "../runtime/wake.ts";
import type { Parts } from "./parts.ts";

const LOOK_MS = 1_000;

/** Ends what time ends: leases of vanished workers, watch windows, resends with nothing left. */
export const watchDuty = ({ sql, log }: Parts): Duty => ({
  name: "watch",
  run: (stop) =>
    loop(
      {
        turn: async () => {
          const doubted = await doubtExpired(sql);
          if (doubted > 0) log.warn({ doubted }, "attempts of a vanished worker are in doubt");
          const resolved = await resolveWatched(sql);
          await finishEmptyResends(sql);
          return doubted + resolved > 0 ? "worked" : "idle";
        },
        idleMs: LOOK_MS,
        wake: makeWake(),
        onError: (error) => log.error({ err: error }, "watch failed"),
      },
      stop,
    ),
});
