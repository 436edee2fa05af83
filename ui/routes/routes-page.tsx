"use client";

import { useQuery } from "@tanstack/react-query";
import { Cable, Plus, Route } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "use-intl";
import { AddConnection } from "../brokers/add-connection.tsx";
import { useRefusal } from "../brokers/use-refusal.ts";
import { Button, ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { PageHeader } from "../kit/page.tsx";
import { useCommands } from "../kit/palette.tsx";
import { Table } from "../kit/table/table.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { useRouteColumns } from "./route-columns.tsx";

/** Every route: how it stands, what it did in the last hour, and what waits in it. */
export function RoutesPage() {
  const t = useTranslations("routes");
  const router = useRouter();
  const { data, error, refetch, isFetching } = useQuery(useTRPC().routes.list.queryOptions(undefined, { meta: { live: "slow" } }));
  const columns = useRouteColumns();
  useCommands([{ id: "routes/new", label: t("new"), group: t("title"), icon: Plus, run: () => router.push("/routes/new") }]);
  if (data === undefined && error !== null)
    return <ErrorState title={t("failed")} safe={t("failedSafe")} detail={refusalOf(error)?.message} onRetry={() => void refetch()} retrying={isFetching} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHeader title={t("title")} description={t("description")} actions={data !== undefined && data.length > 0 && <NewRoute label={t("new")} />} />
      <Table
        label={t("title")}
        className="flex-1 border-t"
        columns={columns}
        rows={data ?? []}
        rowKey={(route) => route.id}
        onOpen={(route) => router.push(`/routes/${route.id}`)}
        loadingRows={data === undefined ? 6 : 0}
        empty={<Empty />}
      />
    </div>
  );
}

function Empty() {
  const t = useTranslations("routes");
  const { data } = useQuery(useTRPC().connections.list.queryOptions());
  if (data?.length === 0)
    return (
      <EmptyState icon={Cable} title={t("empty.connect")} action={<AddConnection />}>
        {t("empty.connectHelp")}
      </EmptyState>
    );
  return (
    <EmptyState icon={Route} title={t("empty.title")} action={<NewRoute label={t("empty.first")} />}>
      {t("empty.help")}
    </EmptyState>
  );
}

/** The way to a new route, for those who may make one. */
function NewRoute({ label }: { label: string }) {
  const refusal = useRefusal("admin");
  const content = (
    <>
      <Plus aria-hidden />
      {label}
    </>
  );
  if (refusal !== null)
    return (
      <Button variant="primary" disabledReason={refusal}>
        {content}
      </Button>
    );
  return (
    <ButtonLink href="/routes/new" variant="primary">
      {content}
    </ButtonLink>
  );
}
