import type { Sql } from "#db/client.ts";
import { deleteStrays, dropOldestDay, makePartitions } from "#db/queries/partitions.ts";
import { purge, readRetention, sweep } from "#db/queries/retain.ts";
import type { Log } from "../log.ts";
import type { Duty } from "../runtime/supervisor.ts";
import { pause } from "../runtime/wake.ts";
import type { Parts } from "./parts.ts";

const EVERY_MS = 10 * 60_000;

/** Deletes what only served short looks back, and messages whose retention is over. One worker at a time. */
export const retainDuty = ({ sql, leases, log }: Parts): Duty => ({
  name: "retain",
  run: async (stop) => {
    while (!stop.aborted) {
      const held = await leases.take("retain");
      if (held !== null) {
        await makePartitions(sql, Date.now());
        await sweep(sql);
        const retention = await readRetention(sql);
        await dropDays(sql, log, retention.resolvedDays, stop);
        let purged = 0;
        for (let last = -1; last !== 0 && !stop.aborted && !held.lost.aborted; purged += last) last = await purge(sql, retention);
        if (purged > 0) log.info({ purged, ...retention }, "messages whose retention is over were deleted");
        await held.release();
      }
      await pause(EVERY_MS, stop);
    }
  },
});

/** Deliveries and their attempts are kept as long as messages that are done, and go a day at a time; what lies in no day goes by its age. */
async function dropDays(sql: Sql, log: Log, days: number, stop: AbortSignal): Promise<void> {
  const before = Date.now() - days * 86_400_000;
  for (let dropped = await dropOldestDay(sql, before); dropped !== null && !stop.aborted; dropped = await dropOldestDay(sql, before))
    log.info(dropped, "a day of deliveries whose retention is over was dropped");
  let strays = 0;
  for (let last = -1; last !== 0 && !stop.aborted; strays += last) last = await deleteStrays(sql, before);
  if (strays > 0) log.info({ rows: strays }, "deliveries of no day whose retention is over were deleted");
}
