"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { WORKER_SILENT_MS } from "#core/freshness.ts";
import { Badge } from "../kit/badge.tsx";
import { useNow } from "../kit/clock.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Time } from "../kit/time.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { Outputs } from "../trpc/outputs.ts";

type Worker = Outputs["overview"]["workers"][number];

/** The processes that capture and send, and whether they are alive. */
export function WorkersPanel() {
  const t = useTranslations("overview");
  const trpc = useTRPC();
  const { data, dataUpdatedAt } = useQuery(trpc.overview.workers.queryOptions(undefined, { meta: { live: "slow" } }));
  const now = useNow();
  // the beat's age by Postgres' clock when it was read, and by ours since
  const since = Math.max(0, now - dataUpdatedAt);
  const silent = (worker: Worker) => worker.silentMs + since > WORKER_SILENT_MS;
  const none = data !== undefined && data.every(silent);
  return (
    <Panel title={t("workers")}>
      {data === undefined && <Skeleton className="w-1/2" />}
      {none && <ErrorLine>{data.length === 0 ? t("noWorkers") : t("allSilent")}</ErrorLine>}
      {data !== undefined && data.length > 0 && (
        <ul className="-my-1.5 divide-y">
          {data.map((worker) => (
            <WorkerLine key={worker.id} worker={worker} silent={silent(worker)} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function WorkerLine({ worker, silent }: { worker: Worker; silent: boolean }) {
  const t = useTranslations("overview");
  return (
    <li className="grid gap-0.5 py-1.5">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">
          {worker.host} <span className="font-normal text-muted">{t("process", { pid: String(worker.pid) })}</span>
        </span>
        <Badge tone={silent ? "amber" : "green"}>{silent ? t("silent") : t("alive")}</Badge>
      </div>
      <p className="truncate text-sm text-muted">
        {silent ? t("lastBeat") : t("runsSince")} <Time iso={silent ? worker.beatAt : worker.startedAt} />
        {" · "}
        {t("leases", { count: worker.leases.length })}
        {" · "}
        {worker.version}
      </p>
      {worker.duties
        .filter((duty) => duty.lastError !== null)
        .map((duty) => (
          <p key={duty.name} className="text-sm break-words text-amber">
            {t("dutyRestarted", { duty: duty.name, count: duty.restarts, error: visibleText(duty.lastError ?? "") })}
          </p>
        ))}
    </li>
  );
}
