"use client";

import { useQuery } from "@tanstack/react-query";
import { Cable, SearchX } from "lucide-react";
import { useTranslations } from "use-intl";
import { AddConnection } from "../brokers/add-connection.tsx";
import { ConnectionState } from "../brokers/connection-state.tsx";
import { Fault } from "../brokers/fault.tsx";
import { Button } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import { isNarrowed, queueFilterFrom } from "./queue-filter.ts";

/** Why there is no queue to show: nothing is connected, nothing was listed yet, or the filter hides all of them. */
export function QueueEmpty() {
  const t = useTranslations("queues");
  const trpc = useTRPC();
  const [search, setSearch] = useSearch();
  const { data } = useQuery(trpc.connections.list.queryOptions());
  if (data === undefined) return null;
  if (data.length === 0)
    return (
      <EmptyState
        icon={Cable}
        title={t("empty.connect")}
        action={<AddConnection />}
      >
        {t("empty.connectHelp")}
      </EmptyState>
    );
  const filter = queueFilterFrom(search);
  const concerned = data.find(({ id, discoveredAt }) => discoveredAt === null && (filter.connection === undefined || filter.connection === id));
  if (concerned !== undefined && filter.q === undefined)
    return (
      <EmptyState title={t("empty.listing", { name: concerned.name })}>
        {concerned.faultCode === null ? (
          <>
            <ConnectionState state={concerned.state} /> {t("empty.listingHelp")}
          </>
        ) : (
          <span className="block text-left">
            <Fault code={concerned.faultCode} detail={concerned.faultDetail} since={concerned.stateSince} />
          </span>
        )}
      </EmptyState>
    );
  if (isNarrowed(filter))
    return (
      <EmptyState
        icon={SearchX}
        title={t("empty.filtered")}
        action={<Button onClick={() => setSearch({ q: null, dlq: null, connection: null })}>{t("empty.showAll")}</Button>}
      />
    );
  return <EmptyState title={t("empty.none")}>{t("empty.noneHelp")}</EmptyState>;
}
