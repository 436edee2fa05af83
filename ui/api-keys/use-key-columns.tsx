"use client";

import { Ban, CircleCheck } from "lucide-react";
import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/cx.ts";
import type { Column } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import { visibleText } from "../kit/visible-text.ts";
import type { ApiKeyRow } from "./api-key.ts";

export function useKeyColumns({ onRevoke }: { readonly onRevoke: (row: ApiKeyRow) => void }): readonly Column<ApiKeyRow>[] {
  const t = useTranslations("settings.apiKeys");
  return [
    {
      id: "name",
      header: t("name"),
      cell: ({ name, beginning, revokedAt }) => (
        <span className="flex min-w-0 items-baseline gap-2">
          <bdi className={cx("truncate font-medium", revokedAt !== null && "text-muted line-through")}>{visibleText(name, 80)}</bdi>
          <span className="shrink-0 font-mono text-sm text-muted max-sm:hidden">{beginning}…</span>
        </span>
      ),
    },
    {
      id: "state",
      header: t("state"),
      width: "w-44",
      from: "medium",
      cell: ({ revokedAt }) =>
        revokedAt === null ? (
          <Badge tone="green" look="bare" icon={CircleCheck}>
            {t("works")}
          </Badge>
        ) : (
          <span className="inline-flex items-center gap-2">
            <Badge icon={Ban}>{t("revoked")}</Badge>
            <Time iso={revokedAt} className="text-sm text-muted" />
          </span>
        ),
    },
    { id: "by", header: t("madeBy"), width: "w-40", from: "full", cell: ({ createdBy }) => <bdi className="truncate text-muted">{visibleText(createdBy, 60)}</bdi> },
    { id: "since", header: t("since"), width: "w-32", from: "wide", cell: ({ createdAt }) => <Time iso={createdAt} className="text-muted" /> },
    { id: "used", header: t("lastUsed"), width: "w-32", from: "medium", cell: ({ lastUsedAt }) => <Time iso={lastUsedAt} className="text-muted" /> },
    {
      id: "acts",
      header: <span className="sr-only">{t("actions")}</span>,
      width: "w-28",
      align: "end",
      cell: (row) =>
        row.revokedAt === null ? (
          <Button size="sm" onClick={() => onRevoke(row)} aria-label={t("revokeNamed", { name: visibleText(row.name, 60) })}>
            {t("revoke")}
          </Button>
        ) : null,
    },
  ];
}
