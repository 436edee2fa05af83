"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ConnectionState } from "../brokers/connection-state.tsx";
import { Fault } from "../brokers/fault.tsx";
import { ErrorLine, ErrorState } from "../kit/error-state.tsx";
import { Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { SettingsPage } from "../settings/settings-frame.tsx";
import { useTRPC } from "../trpc/client.tsx";
import type { Outputs } from "../trpc/outputs.ts";
import { refusalOf } from "../trpc/failure.ts";
import { BackToConnections } from "./back-to-connections.tsx";
import { ConnectionForm } from "./connection-form.tsx";
import { formValues, type Draft, type Values } from "./connection-values.ts";
import { Permissions } from "./permissions.tsx";

/** Changes a connection, or shows why it can not be changed here. */
export function EditConnectionPage({ id }: { id: string }) {
  const t = useTranslations("brokers");
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.connections.get.queryOptions(id));
  if (data === undefined && error !== null)
    return <ErrorState title={t("connections.failed")} detail={refusalOf(error)?.message} onRetry={() => void refetch()} />;
  return (
    <SettingsPage wide lead={<BackToConnections />}>
      <header className="flex items-center gap-2">
        <h2 className="text-lg font-semibold break-words">{data?.name ?? <Skeleton className="h-5 w-48" />}</h2>
        {data !== undefined && <ConnectionState state={data.state} />}
      </header>
      {data !== undefined && <Edit connection={data} />}
    </SettingsPage>
  );
}

function Edit({ connection }: { connection: Outputs["connections"]["get"] }) {
  const t = useTranslations("brokers");
  const { id, name, kind, managedBy } = connection;
  // as it was when the form was opened: what the workers report meanwhile must not undo what is typed
  const [stored] = useState(() => JSON.parse(connection.settings) as Values);
  const [draft, setDraft] = useState<Draft>(() => ({ name, kind, settings: formValues(kind, stored), secrets: {} }));
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,36rem)_minmax(0,22rem)]">
      <div className="grid min-w-0 gap-4">
        {connection.state === "down" && connection.faultCode !== null && (
          <Panel>
            <Fault code={connection.faultCode} detail={connection.faultDetail} since={connection.stateSince} />
          </Panel>
        )}
        {managedBy === "file" ? (
          <ErrorLine>{t("connections.fromFileHelp")}</ErrorLine>
        ) : (
          <ConnectionForm draft={draft} onChange={setDraft} saved={{ id, name, settings: stored }} />
        )}
      </div>
      <Permissions kind={kind} />
    </div>
  );
}
