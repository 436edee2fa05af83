"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { Depth } from "../brokers/depth.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { ButtonLink } from "../kit/button.tsx";
import { Panel } from "../kit/page.tsx";
import { useTRPC } from "../trpc/client.tsx";

/** Dead-letter queues that nobody captures: what dies there is not seen here. Nothing while there are none. */
export function UncapturedPanel() {
  const t = useTranslations("overview");
  const trpc = useTRPC();
  const { data } = useQuery(trpc.overview.uncaptured.queryOptions(undefined, { meta: { live: "slow" } }));
  if (data === undefined || data.total === 0) return null;
  return (
    <Panel
      title={t("uncaptured", { count: data.total })}
      aside={
        <ButtonLink href="/queues?dlq=1" size="sm">
          {t("review")}
        </ButtonLink>
      }
    >
      <ul className="-my-1">
        {data.rows.map((queue) => (
          <li key={queue.id} className="flex items-start gap-3 py-1">
            <div className="min-w-0 flex-1">
              <Link href={`/queues?dlq=1&queue=${queue.id}`} title={queue.name} className="block truncate hover:underline">
                <BrokerText mono max={120}>
                  {queue.name}
                </BrokerText>
              </Link>
              <p className="truncate text-sm text-muted">{queue.connection}</p>
            </div>
            <Depth ready={queue.ready} kind={queue.depthKind} measuredAt={queue.measuredAt} className="font-medium" />
          </li>
        ))}
      </ul>
      {data.total > data.rows.length && <p className="mt-2 text-sm text-muted">{t("andMore", { count: data.total - data.rows.length })}</p>}
    </Panel>
  );
}
