"use client";

import { useQuery } from "@tanstack/react-query";
import { ListTree, SearchX } from "lucide-react";
import { useTranslations } from "use-intl";
import { Button, ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import { groupFilterFrom } from "./group-filter.ts";

/** Why there is no group to show: the filter hides them, nothing is captured, or all is well. */
export function GroupsEmpty() {
  const t = useTranslations("groups");
  const trpc = useTRPC();
  const [search, setSearch] = useSearch();
  const { data: sources } = useQuery(trpc.sources.list.queryOptions({}));
  const { q, source } = groupFilterFrom(search);
  if (q !== undefined || source !== undefined)
    return (
      <EmptyState
        icon={SearchX}
        title={t("empty.filtered")}
        action={<Button onClick={() => setSearch({ q: null, source: null })}>{t("empty.showAll")}</Button>}
      />
    );
  if (sources === undefined) return null;
  if (sources.length === 0)
    return (
      <EmptyState
        icon={ListTree}
        title={t("empty.nothingCaptured")}
        action={
          <ButtonLink variant="primary" href="/queues?dlq=1">
            {t("empty.capture")}
          </ButtonLink>
        }
      >
        {t("empty.nothingCapturedHelp")}
      </EmptyState>
    );
  return (
    <EmptyState good title={t("empty.none")}>
      {t("empty.noneHelp")}
    </EmptyState>
  );
}
