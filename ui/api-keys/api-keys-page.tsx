"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "../kit/button.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { Panel } from "../kit/page.tsx";
import { Table } from "../kit/table/table.tsx";
import { SettingsPage } from "../settings/settings-frame.tsx";
import { useTRPC } from "../trpc/client.tsx";
import type { ApiKeyRow, MadeKey } from "./api-key.ts";
import { KeyDialog } from "./key-dialog.tsx";
import { NewKeyDialog } from "./new-key-dialog.tsx";
import { RevokeDialog } from "./revoke-dialog.tsx";
import { useKeyColumns } from "./use-key-columns.tsx";

type Open = { readonly dialog: "new" } | { readonly dialog: "made"; readonly made: MadeKey } | { readonly dialog: "revoke"; readonly row: ApiKeyRow };

/** The keys programs publish with: who made them, when they were used last, and their end. */
export function ApiKeysPage() {
  const t = useTranslations("settings.apiKeys");
  const keys = useQuery(useTRPC().apiKeys.list.queryOptions());
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const columns = useKeyColumns({ onRevoke: (row) => setOpen({ dialog: "revoke", row }) });
  const add = (
    <Button variant="primary" onClick={() => setOpen({ dialog: "new" })}>
      <KeyRound aria-hidden />
      {t("make")}
    </Button>
  );
  return (
    <SettingsPage wide lead={t("lead")} actions={add}>
      {keys.isError ? (
        <ErrorState title={t("loadFailed")} onRetry={() => void keys.refetch()} retrying={keys.isFetching} />
      ) : (
        <Panel flush>
          {keys.data?.length === 0 ? (
            <EmptyState title={t("none")}>{t("noneHint")}</EmptyState>
          ) : (
            <Table label={t("table")} columns={columns} rows={keys.data ?? []} rowKey={({ id }) => id} loadingRows={keys.isPending ? 3 : 0} />
          )}
        </Panel>
      )}
      {open?.dialog === "new" && <NewKeyDialog onClose={close} onMade={(made) => setOpen({ dialog: "made", made })} />}
      {open?.dialog === "made" && <KeyDialog made={open.made} onClose={close} />}
      {open?.dialog === "revoke" && <RevokeDialog row={open.row} onClose={close} />}
    </SettingsPage>
  );
}
