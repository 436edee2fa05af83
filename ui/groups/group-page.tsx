"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { PageHeader } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { Outputs } from "../trpc/outputs.ts";
import { refusalOf } from "../trpc/failure.ts";
import { GroupActions } from "./group-actions.tsx";
import { spanFrom } from "./group-filter.ts";
import { GroupFacts } from "./group-facts.tsx";
import { GroupSample } from "./group-sample.tsx";
import { GroupStates } from "./group-states.tsx";
import { GroupTrend } from "./group-trend.tsx";

export type Group = Outputs["groups"]["get"];

/** One failure: what it says, since when, how often, who is affected, and the orders over all of it. */
export function GroupPage({ id }: { id: string }) {
  const t = useTranslations("groups");
  const trpc = useTRPC();
  const [search] = useSearch();
  const { data, error, refetch } = useQuery({
    ...trpc.groups.get.queryOptions({ id, span: spanFrom(search) }, { meta: { live: "slow" } }),
    placeholderData: (before) => before,
  });
  const refusal = refusalOf(error);
  if (data === undefined && refusal !== null) {
    if (refusal.code === "not_found")
      return (
        <EmptyState title={t("gone")} action={<ButtonLink href="/groups">{t("toGroups")}</ButtonLink>}>
          {t("goneHelp")}
        </EmptyState>
      );
    return <ErrorState title={t("failed")} advice={t("failedAdvice")} detail={refusal.message} onRetry={() => void refetch()} />;
  }
  return (
    <>
      <PageHeader
        above={
          <Link href="/groups" className="mb-1 inline-flex items-center gap-0.5 text-muted hover:text-ink">
            <ChevronLeft aria-hidden className="size-3.5" />
            {t("title")}
          </Link>
        }
        title={data === undefined ? <Skeleton className="h-5 w-96" /> : <BrokerText max={500}>{data.title}</BrokerText>}
        description={data && <Where group={data} />}
        actions={data && <GroupActions group={data} />}
      />
      {data !== undefined && (
        <div className="grid items-start gap-4 px-4 pb-6 xl:grid-cols-[minmax(0,1fr)_24rem]">
          <div className="grid min-w-0 gap-4">
            <GroupStates group={data} />
            <GroupTrend group={data} />
            <GroupSample group={data} />
          </div>
          <GroupFacts group={data} />
        </div>
      )}
    </>
  );
}

function Where({ group }: { group: Group }) {
  const t = useTranslations("groups");
  return (
    <>
      {t(`reason.${group.reason}`)} · <BrokerText mono>{group.source}</BrokerText> · {group.connection}
    </>
  );
}
