import type { Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { beat, forgetWorker } from "#db/queries/workers.ts";
import type { Log } from "../log.ts";
import type { Supervisor } from "./supervisor.ts";
import { pause } from "./wake.ts";

const BEAT_MS = 2_000;

type Who = { readonly id: string; readonly host: string; readonly version: string };

/** Writes this worker's health as a row, every two seconds until `stop`; then takes the row away. */
export async function keepBeating(sql: Sql, who: Who, supervisor: Supervisor, log: Log, stop: AbortSignal): Promise<void> {
  const row = () => ({ ...who, pid: process.pid, duties: JSON.stringify(supervisor.health) });
  while (!stop.aborted) {
    await beat(sql, row()).catch((error: unknown) => log.warn({ err: error }, "health could not be written"));
    await pause(BEAT_MS, stop);
  }
  await forgetWorker(sql, who.id);
  await notify(sql, ["workers"]);
}
