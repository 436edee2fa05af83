"use client";

import { SearchX } from "lucide-react";
import { useTranslations } from "use-intl";
import type { MessageFilter } from "#core/message/filter.ts";
import { Button, ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { useFacets } from "./filter-bar.tsx";

type Props = { chosen: MessageFilter; onClear: () => void };

/** Three kinds of nothing: no queue is captured yet, nothing waits, or nothing matches. */
export function ListEmpty({ chosen, onClear }: Props) {
  const t = useTranslations("messages");
  const facets = useFacets(chosen);
  if (facets === undefined) return null;
  if (facets.sources.length === 0) {
    return (
      <EmptyState title={t("empty.unconnected")} action={<ButtonLink variant="primary" href="/queues">{t("empty.toQueues")}</ButtonLink>}>
        {t("empty.unconnectedHelp")}
      </EmptyState>
    );
  }
  if (Object.keys(chosen).length > 0) {
    return (
      <EmptyState icon={SearchX} title={t("empty.noMatch")} action={<Button onClick={onClear}>{t("empty.clear")}</Button>}>
        {t("empty.noMatchHelp")}
      </EmptyState>
    );
  }
  if (!facets.any) {
    return (
      <EmptyState good title={t("empty.nothingYet")}>
        {t("empty.nothingYetHelp", { count: facets.sources.length })}
      </EmptyState>
    );
  }
  return (
    <EmptyState good title={t("empty.allDone")}>
      {t("empty.allDoneHelp")}
    </EmptyState>
  );
}
