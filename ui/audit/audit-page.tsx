"use client";

import { useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { AuditQuery } from "#core/audit.ts";
import { Button } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { PageHeader } from "../kit/page.tsx";
import { Pager } from "../kit/pager.tsx";
import { Table } from "../kit/table/table.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { AuditFilters } from "./audit-filters.tsx";
import type { AuditEntry } from "./entry.ts";
import { EntryDrawer } from "./entry-drawer.tsx";
import { useAuditAddress } from "./use-audit-address.ts";
import { useAuditColumns } from "./use-audit-columns.tsx";

/** Who did what, newest first. The address holds the filters and the page. */
export function AuditPage({ query }: { readonly query: AuditQuery }) {
  const t = useTranslations("audit");
  const { narrow, turn, clear } = useAuditAddress(query);
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const columns = useAuditColumns(setOpen);
  const page = useQuery({ ...useTRPC().audit.list.queryOptions(query), placeholderData: (before) => before });
  const { items = [], older = null, newer = null } = page.data ?? {};
  const isNarrowed = ["act", "actorId", "from", "to"].some((name) => name in query);
  const isNewest = newer === null;
  return (
    <>
      <PageHeader title={t("title")} description={t("lead")} />
      <AuditFilters query={query} onNarrow={narrow} onClear={isNarrowed ? clear : null} />
      {page.isError ? (
        <ErrorState title={t("loadFailed")} safe={t("loadSafe")} onRetry={() => void page.refetch()} retrying={page.isFetching} />
      ) : (
        <Table
          className="flex-1"
          label={t("table")}
          columns={columns}
          rows={items}
          rowKey={({ id }) => String(id)}
          rowLabel={({ id }) => t("entry", { id })}
          onOpen={setOpen}
          openKey={open === null ? null : String(open.id)}
          loadingRows={page.isPending ? 20 : 0}
          empty={
            <EmptyState icon={ScrollText} title={t("emptyTitle")} action={isNarrowed && <Button onClick={clear}>{t("clear")}</Button>}>
              {t("empty")}
            </EmptyState>
          }
        />
      )}
      <Pager
        busy={page.isPlaceholderData}
        onPrevious={isNewest ? null : () => turn({ after: newer })}
        onNext={older === null ? null : () => turn({ before: older })}
      >
        {page.data && t(isNewest ? "newest" : "page", { count: items.length })}
      </Pager>
      {open !== null && <EntryDrawer entry={open} onClose={() => setOpen(null)} />}
    </>
  );
}
