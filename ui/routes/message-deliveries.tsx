"use client";

import { useQuery } from "@tanstack/react-query";
import { Route } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ErrorLine } from "../kit/error-state.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { StateBadge } from "../states/state-badge.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { AttemptList } from "./attempt-list.tsx";
import { AttemptsPicture } from "./attempts-picture.tsx";
import { NextTry } from "./delivery-columns.tsx";
import { GivenUpLine } from "./given-up-line.tsx";
import { SteerOne } from "./steer-one.tsx";
import type { Delivery } from "./types.ts";

/** The ways of a message through its route, on one time axis: its first, and one for each resend. */
export function MessageDeliveries({ messageId }: { messageId: string }) {
  const t = useTranslations("routes");
  const { data, error, refetch } = useQuery(useTRPC().deliveries.ofMessage.queryOptions(messageId));
  const [openId, setOpenId] = useState<string | null>(null);
  if (error !== null && data === undefined) return <ErrorLine onRetry={() => void refetch()}>{t("deliveries.failed")}</ErrorLine>;
  if (data === undefined) return <Skeleton className="mb-3 h-24 w-full" />;
  if (data.length === 0) return <p className="mb-3 rounded border bg-sunken px-3 py-2 text-muted">{t("ofMessage.gone")}</p>;
  return (
    <section aria-label={t("ofMessage.title")} className="mb-3 grid grid-cols-[minmax(0,1fr)] gap-3 rounded border bg-surface px-3 py-2.5">
      <AttemptsPicture lives={data} openId={openId} onOpen={({ id }) => setOpenId(id)} />
      {data.map((delivery) => (
        <Life key={delivery.id} delivery={delivery} openId={openId} onOpen={setOpenId} />
      ))}
    </section>
  );
}

function Life({ delivery, openId, onOpen }: { delivery: Delivery; openId: string | null; onOpen: (id: string | null) => void }) {
  const t = useTranslations("routes");
  const waits = delivery.state === "pending" || delivery.state === "retrying";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <StateBadge state={delivery.state} look="bare" />
        {delivery.route !== null && (
          <Link href={`/routes/${delivery.routeId}`} className="inline-flex min-w-0 items-center gap-1.5 hover:underline">
            <Route aria-hidden className="size-3.5 shrink-0 text-muted" />
            <span className="truncate">{visibleText(delivery.route, 80)}</span>
          </Link>
        )}
        <Link href={`/deliveries/${delivery.id}`} className="text-sm text-muted underline underline-offset-2 hover:text-ink">
          {t("ofMessage.open")}
        </Link>
        <span className="flex-1 text-sm text-muted">{waits && <NextTry delivery={delivery} />}</span>
        {waits && <SteerOne delivery={delivery} />}
      </div>
      {delivery.attempts.length > 0 && <AttemptList attempts={delivery.attempts} openId={openId} onOpen={onOpen} />}
      <GivenUpLine delivery={delivery} />
    </div>
  );
}
