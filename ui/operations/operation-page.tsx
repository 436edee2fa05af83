"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { ButtonLink } from "../kit/button.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Num } from "../kit/num.tsx";
import { Details, PageHeader, Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { slot } from "../kit/slot.ts";
import { Duration, Time } from "../kit/time.tsx";
import { useSearch } from "../kit/use-search.ts";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { OUTCOMES, type Outcome } from "./faces.ts";
import { OperationBar, OutcomeLegend } from "./operation-progress.tsx";
import { OperationItems } from "./operation-items.tsx";
import { OperationSteering } from "./operation-steering.tsx";
import { DestinationText, OperationStateBadge, SelectionText } from "./operation-words.tsx";
import type { OperationRow } from "./types.ts";

/** One operation: how far it is, what became of each message, and how to steer it. */
export function OperationPage({ id }: { readonly id: string }) {
  const t = useTranslations("operations");
  const [search, setSearch] = useSearch();
  const query = useQuery(useTRPC().operations.get.queryOptions(id));
  const outcome = OUTCOMES.find((each) => each === search.get("outcome")) ?? null;
  if (query.isError) {
    const gone = refusalOf(query.error)?.code === "not_found";
    return (
      <ErrorState
        title={gone ? t("notFound") : t("listFailed")}
        safe={t(gone ? "notFoundHelp" : "listFailedSafe")}
        {...(gone ? {} : { onRetry: () => void query.refetch() })}
        action={<ButtonLink href="/operations">{t("page.title")}</ButtonLink>}
      />
    );
  }
  const operation = query.data;
  if (operation === undefined) return <Loading />;
  const choose = (chosen: Outcome | null) => setSearch({ outcome: chosen, after: null });
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHeader
        above={
          <Link href="/operations" className="text-sm text-muted hover:text-ink">
            {t("page.title")}
          </Link>
        }
        title={
          <span className="flex flex-wrap items-center gap-2.5">
            {t(`titleOf.${operation.act}`, { count: operation.total })}
            <OperationStateBadge state={operation.state} />
          </span>
        }
        actions={<OperationSteering operation={operation} />}
      />
      <div className="grid gap-4 px-4 pb-4 lg:grid-cols-[1fr_22rem]">
        <Panel title={t("progress")} aside={<Pace operation={operation} />}>
          <OperationBar operation={operation} className="h-2.5" />
          <div className="mt-3">
            <OutcomeLegend progress={operation.progress} chosen={outcome} onChoose={choose} />
          </div>
        </Panel>
        <Panel title={t("order")}>
          <OrderDetails operation={operation} />
        </Panel>
      </div>
      <OperationItems operationId={id} outcome={outcome} after={search.get("after")} onAfter={(after) => setSearch({ after })} />
    </div>
  );
}

function OrderDetails({ operation }: { operation: OperationRow }) {
  const t = useTranslations("operations");
  const items = [
    { label: t("fact.by"), value: visibleText(operation.actor, 80) },
    { label: t("fact.at"), value: <Time iso={operation.createdAt} look="exact" /> },
    ...(operation.finishedAt === null ? [] : [{ label: t("fact.finished"), value: <Time iso={operation.finishedAt} look="exact" /> }]),
    { label: t("fact.selected"), value: <SelectionText selection={operation.selection} /> },
    ...(operation.destination === null ? [] : [{ label: t("to"), value: <DestinationText destination={operation.destination} /> }]),
    ...(operation.act === "resend" ? [{ label: t("pace"), value: operation.rate === null ? t("paceUnlimited") : t("rate", { rate: operation.rate }) }] : []),
    ...(operation.reason === null ? [] : [{ label: t("reason"), value: <span className="whitespace-pre-wrap">{visibleText(operation.reason, 500)}</span> }]),
  ];
  return <Details items={items} />;
}

/** How much is settled and, at a fixed pace, how long the rest takes. */
function Pace({ operation: { progress, total, rate, state } }: { operation: OperationRow }) {
  const t = useTranslations("operations");
  const settled = total - progress.waiting;
  return (
    <span className="text-sm text-muted">
      <Num value={settled} /> / <Num value={total} />
      {state === "running" && rate !== null && progress.waiting > 0 && (
        <> · {t.rich("timeLeft", { duration: slot(<Duration ms={Math.ceil(progress.waiting / rate) * 1_000} />) })}</>
      )}
    </span>
  );
}

function Loading() {
  return (
    <div aria-busy className="grid gap-4 p-4">
      <Skeleton className="h-6 w-72" />
      <Skeleton className="h-24 w-full" />
      <Skeleton className="h-64 w-full" />
    </div>
  );
}
