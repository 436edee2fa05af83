"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Toolbar } from "../kit/page.tsx";
import { SearchBox } from "../kit/search-box.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { useSearch } from "../kit/use-search.ts";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { groupFilterFrom } from "./group-filter.ts";

const EVERY = "every";

/** What narrows the list of groups, and how far back its trends look. */
export function GroupsToolbar() {
  const t = useTranslations("groups");
  const trpc = useTRPC();
  const [search, setSearch] = useSearch();
  const filter = groupFilterFrom(search);
  const { data: sources } = useQuery(trpc.sources.list.queryOptions({}));
  return (
    <Toolbar label={t("filters")}>
      <SearchBox label={t("search")} value={filter.q ?? ""} onChange={(q) => setSearch({ q })} className="w-64 max-sm:w-full" />
      <Segmented
        label={t("which")}
        value={filter.settled === true ? "all" : "open"}
        onChange={(show) => setSearch({ show: show === "all" ? "all" : null })}
        options={[
          { value: "open", label: t("openOnly") },
          { value: "all", label: t("withSettled") },
        ]}
      />
      {sources !== undefined && sources.length > 1 && (
        <Select
          aria-label={t("source")}
          value={filter.source ?? EVERY}
          onChange={(source) => setSearch({ source: source === EVERY ? null : source })}
          options={[
            { value: EVERY, label: t("everySource") },
            ...sources.map(({ id, name, connection }) => ({ value: id, label: visibleText(name, 80), hint: connection })),
          ]}
          className="max-w-72"
        />
      )}
      <span className="flex-1" />
      <SpanChoice />
    </Toolbar>
  );
}

/** Trends over the last hour or the last day, kept in the address. */
export function SpanChoice() {
  const t = useTranslations("groups");
  const [search, setSearch] = useSearch();
  return (
    <Segmented
      label={t("span")}
      value={groupFilterFrom(search).span}
      onChange={(span) => setSearch({ span: span === "1h" ? "1h" : null })}
      options={[
        { value: "1h", label: t("over.1h") },
        { value: "24h", label: t("over.24h") },
      ]}
    />
  );
}
