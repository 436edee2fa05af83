"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { slot } from "../kit/slot.ts";
import { type Column, Table } from "../kit/table/table.tsx";
import { Duration, Time } from "../kit/time.tsx";
import { StateBadge } from "../states/state-badge.tsx";
import { useTRPC } from "../trpc/client.tsx";
import type { Outputs } from "../trpc/outputs.ts";
import { useErrorWords } from "./error-words.tsx";
import { ATTEMPT_FACES, type AttemptOutcome } from "./faces.ts";
import { Span } from "./retry-schedule.tsx";

type RecentAttempt = Outputs["routes"]["attempts"][number];

/** The newest tries of a route: what came of each, and what followed. */
export function AttemptsTab({ routeId }: { routeId: string }) {
  const t = useTranslations("routes");
  const router = useRouter();
  const { data, error, refetch } = useQuery(useTRPC().routes.attempts.queryOptions(routeId));
  const columns = useColumns();
  return (
    <div className="flex h-full flex-col">
      {error !== null && <ErrorLine onRetry={() => void refetch()}>{t("attempts.failed")}</ErrorLine>}
      <Table
        label={t("attempts.list")}
        className="flex-1"
        columns={columns}
        rows={data ?? []}
        rowKey={({ id }) => id}
        onOpen={({ deliveryId, id }) => router.push(`/deliveries/${deliveryId}?attempt=${id}`)}
        loadingRows={data === undefined && error === null ? 8 : 0}
        empty={<EmptyState title={t("attempts.none")} />}
      />
    </div>
  );
}

function useColumns(): Column<RecentAttempt>[] {
  const t = useTranslations("routes");
  const words = useErrorWords();
  return [
    {
      id: "started",
      header: t("attempts.started"),
      width: "w-28",
      cell: ({ deliveryId, id, startedAt }) => (
        <Link href={`/deliveries/${deliveryId}?attempt=${id}`} className="hover:underline">
          <Time iso={startedAt} />
        </Link>
      ),
    },
    { id: "number", header: t("attempts.number"), width: "w-40", from: "wide", cell: ({ number, trigger }) => <>{number} <span className="text-muted">· {t(`trigger.${trigger}`)}</span></> }, // prettier-ignore
    { id: "outcome", header: t("attempts.outcome"), width: "w-32", cell: ({ outcome }) => <OutcomeBadge outcome={outcome ?? "open"} look="bare" /> },
    {
      id: "error",
      header: t("errors.kind"),
      cell: ({ errorCode, errorStatus, errorMessage }) =>
        errorCode !== null && (
          <span title={errorMessage ?? undefined}>
            {words({ code: errorCode, status: errorStatus })}
            {errorMessage !== null && errorCode !== "http_status" && (
              <span className="text-muted">
                {" · "}
                <BrokerText max={200}>{errorMessage}</BrokerText>
              </span>
            )}
          </span>
        ),
    },
    { id: "took", header: t("attempts.took"), width: "w-22", align: "end", from: "medium", cell: ({ durationMs }) => durationMs !== null && <Duration ms={durationMs} /> },
    {
      id: "next",
      header: t("attempts.next"),
      width: "w-44",
      from: "medium",
      cell: ({ decision, nextDelayMs }) =>
        decision !== null && (
          <span className="flex items-center gap-1.5">
            <StateBadge state={decision} look="bare" />
            {nextDelayMs !== null && decision === "retrying" && (
              <span className="text-sm text-muted">{t.rich("attempts.after", { time: slot(<Span ms={nextDelayMs} />) })}</span>
            )}
          </span>
        ),
    },
    { id: "why", header: t("attempts.why"), width: "w-36", from: "full", cell: ({ decidedBy }) => <span className="text-muted">{decidedBy}</span> },
  ];
}

/** What a try came to. */
export function OutcomeBadge({ outcome, look = "soft" }: { outcome: AttemptOutcome; look?: "soft" | "bare" }) {
  const t = useTranslations("routes");
  const { tone, icon } = ATTEMPT_FACES[outcome];
  return (
    <Badge tone={tone} icon={icon} look={look}>
      {t(`outcome.${outcome}`)}
    </Badge>
  );
}
