"use client";

import { useQuery } from "@tanstack/react-query";
import { Cable } from "lucide-react";
import { useTranslations } from "use-intl";
import { AddConnection } from "../brokers/add-connection.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { SettingsPage } from "../settings/settings-frame.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { ConnectionRow } from "./connection-row.tsx";

/** Every broker Redrive talks to, whether it is reached, and what to do where it is not. */
export function ConnectionsPage() {
  const t = useTranslations("brokers");
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.connections.list.queryOptions());
  if (data === undefined && error !== null)
    return <ErrorState title={t("connections.failed")} detail={refusalOf(error)?.message} onRetry={() => void refetch()} />;
  return (
    <SettingsPage wide lead={t("connections.help")} actions={data?.length === 0 ? null : <AddConnection />}>
        <Panel flush>
          {data === undefined && (
            <div className="grid gap-3 p-3">
              <Skeleton className="w-1/2" />
              <Skeleton className="w-1/3" />
            </div>
          )}
          {data?.length === 0 && (
            <EmptyState icon={Cable} title={t("connections.empty")} action={<AddConnection />}>
              {t("connections.emptyHelp")}
            </EmptyState>
          )}
          <ul className="divide-y">
            {data?.map((connection) => (
              <ConnectionRow key={connection.id} connection={connection} />
            ))}
          </ul>
        </Panel>
    </SettingsPage>
  );
}
