"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { useTranslations } from "use-intl";
import type { AppRouter } from "#server/routers/_app.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import type { ConfirmFact } from "../kit/confirm-dialog.tsx";
import { Num } from "../kit/num.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { StateBadge } from "../states/state-badge.tsx";

export type OrderPreview = inferRouterOutputs<AppRouter>["operations"]["preview"];

/** What was counted, a line each. Null: still counting. */
export function useOrderFacts(preview: OrderPreview | null, withOrigins: boolean): ConfirmFact[] {
  const t = useTranslations("operations");
  if (preview === null) return [{ label: t("fact.messages"), value: <Skeleton className="my-1 w-16" /> }];
  const facts: ConfirmFact[] = [{ label: t("fact.messages"), value: <Counts of={preview.ready} total={preview.count} /> }];
  if (preview.blocked.length > 0) facts.push({ label: t("fact.skipped"), value: <Skipped blocked={preview.blocked} /> });
  if (withOrigins && preview.origins.length > 0) facts.push({ label: t("fact.failedIn"), value: <Origins origins={preview.origins} /> });
  return facts;
}

function Counts({ of, total }: { of: OrderPreview["ready"]; total: number }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      <Num value={total} />
      {of.length > 1 &&
        of.map(({ state, count }) => (
          <span key={state} className="flex items-center gap-1 font-normal">
            <StateBadge state={state} look="bare" />
            <Num value={count} />
          </span>
        ))}
    </span>
  );
}

function Skipped({ blocked }: { blocked: OrderPreview["blocked"] }) {
  const t = useTranslations("operations");
  return (
    <span className="grid font-normal">
      <span className="flex flex-wrap items-center gap-x-3">
        {blocked.map(({ state, count }) => (
          <span key={state} className="flex items-center gap-1">
            <StateBadge state={state} look="bare" />
            <Num value={count} />
          </span>
        ))}
      </span>
      <span className="text-sm text-muted">{t("skippedWhy")}</span>
    </span>
  );
}

const SHOWN = 5;
/** The API names this many places at most. */
const COUNTED = 10;

function Origins({ origins }: { origins: OrderPreview["origins"] }) {
  const t = useTranslations("operations");
  const more = origins.length - SHOWN;
  return (
    <span className="grid grid-cols-[minmax(0,1fr)] font-normal">
      {origins.slice(0, SHOWN).map(({ origin, count }) => (
        <span key={origin} className="flex gap-2">
          <span className="min-w-0 flex-1 truncate">
            {origin === null ? <span className="text-muted">{t("notTold")}</span> : <BrokerText max={120}>{origin}</BrokerText>}
          </span>
          <Num value={count} />
        </span>
      ))}
      {more > 0 && <span className="text-sm text-muted">{t("moreOrigins", { count: more, capped: origins.length >= COUNTED ? "yes" : "no" })}</span>}
    </span>
  );
}
