"use client";

import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { Time } from "../kit/time.tsx";
import { useTRPC } from "../trpc/client.tsx";

/** What capture of a source met that must not pass unseen, newest first; nothing when there is nothing. */
export function Notices({ sourceId }: { sourceId: string }) {
  const t = useTranslations("queues");
  const trpc = useTRPC();
  const notices = useQuery(trpc.sources.notices.queryOptions(sourceId, { meta: { live: "slow" } }));
  if ((notices.data ?? []).length === 0) return null;
  return (
    <section>
      <h3 className="font-semibold">{t("notices")}</h3>
      <p className="mb-1 text-sm text-muted">{t("noticesHelp")}</p>
      <ul className="grid gap-1">
        {notices.data?.map(({ id, at, text }) => (
          <li key={id} className="flex items-start gap-1.5">
            <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0 text-amber" />
            <span className="min-w-0 flex-1">
              <BrokerText max={1_000}>{text}</BrokerText>
            </span>
            <Time iso={at} className="text-muted" />
          </li>
        ))}
      </ul>
    </section>
  );
}
