"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { ApiKeyRow } from "./api-key.ts";

/** The last question before a program is kept out. */
export function RevokeDialog({ row, onClose }: { readonly row: ApiKeyRow; readonly onClose: () => void }) {
  const t = useTranslations("settings.apiKeys");
  const api = useTRPC();
  const queries = useQueryClient();
  const name = visibleText(row.name, 60);
  const revoke = useMutation(
    api.apiKeys.revoke.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queries.invalidateQueries(api.apiKeys.list.queryFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      danger
      onOpenChange={onClose}
      title={t("revokeDialog.title", { name })}
      description={t("revokeDialog.lead")}
      facts={[
        { label: t("keyLabel"), value: `${row.beginning}…` },
        { label: t("madeBy"), value: visibleText(row.createdBy, 60) },
      ]}
      confirmLabel={t("revokeDialog.submit", { name })}
      busy={revoke.isPending}
      error={refusalOf(revoke.error)?.message}
      onConfirm={() => revoke.mutate({ id: row.id })}
    />
  );
}
