"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { SINCE, type MessageFilter } from "#core/message/filter.ts";
import { DEATH_REASONS } from "#core/message/normal-form.ts";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/badge.tsx";
import { Toolbar } from "../kit/page.tsx";
import { SearchBox } from "../kit/search-box.tsx";
import { type Option, Select } from "../kit/select.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { facetsInput } from "./list-address.ts";

type Props = { chosen: MessageFilter; onFilter: (filter: MessageFilter) => void };

/** The text box, what can still be narrowed, and what was chosen as chips. */
export function FilterBar({ chosen, onFilter }: Props) {
  const t = useTranslations("messages");
  const facets = useFacets(chosen);
  const set = (patch: Partial<Record<keyof MessageFilter, unknown>>) => onFilter(merged(chosen, patch));
  const chips = useChips(chosen, facets);
  return (
    <Toolbar label={t("filter.label")}>
      <SearchBox
        label={t("filter.search")}
        placeholder={t("filter.searchHint")}
        focusKey="/"
        value={chosen.q ?? ""}
        onChange={(q) => set({ q: q === "" ? undefined : q.slice(0, 200) })}
        className="w-72 max-w-full"
      />
      {chosen.source === undefined && chosen.group === undefined && (
        <Narrow
          label={t("filter.source")}
          options={(facets?.sources ?? []).map(({ id, name, connection }) => ({ value: id, label: visibleText(name, 80), hint: visibleText(connection, 40) }))}
          onChange={(source) => set({ source })}
        />
      )}
      {chosen.error === undefined && chosen.group === undefined && (
        <Narrow
          label={t("filter.error")}
          options={(facets?.errorTypes ?? []).map(({ errorType, deaths }) => ({ value: errorType, label: visibleText(errorType, 80), hint: deaths.toLocaleString() }))}
          onChange={(error) => set({ error })}
        />
      )}
      {chosen.reason === undefined && (
        <Narrow label={t("filter.reason")} options={DEATH_REASONS.map((reason) => ({ value: reason, label: t(`reason.${reason}`) }))} onChange={(reason) => set({ reason: [reason] })} />
      )}
      {chosen.since === undefined && (
        <Narrow label={t("filter.since")} options={SINCE.map((since) => ({ value: since, label: t(`since.${since}`) }))} onChange={(since) => set({ since })} />
      )}
      {chips.map(({ field, label }) => (
        <Chip key={field} onRemove={() => set({ [field]: undefined })} removeLabel={t("filter.remove", { label })}>
          {label}
        </Chip>
      ))}
      {chips.length > 1 && (
        <Button size="sm" variant="ghost" onClick={() => onFilter(chosen.state === undefined ? {} : { state: chosen.state })}>
          {t("filter.clear")}
        </Button>
      )}
    </Toolbar>
  );
}

const merged = (filter: MessageFilter, patch: Partial<Record<keyof MessageFilter, unknown>>): MessageFilter =>
  Object.fromEntries(Object.entries({ ...filter, ...patch }).filter(([, value]) => value !== undefined)) as MessageFilter;

function Narrow<V extends string>({ label, options, onChange }: { label: string; options: readonly Option<V>[]; onChange: (value: V) => void }) {
  if (options.length === 0) return null;
  return <Select<V> value={undefined} onChange={onChange} options={options} placeholder={label} aria-label={label} className="max-w-40" />;
}

/** What the filter can be set to. */
export const useFacets = (chosen: MessageFilter) => useQuery(useTRPC().messages.facets.queryOptions(facetsInput(chosen), { meta: { live: "slow" } })).data;

type Chips = { field: keyof MessageFilter; label: string }[];

function useChips(chosen: MessageFilter, facets: ReturnType<typeof useFacets>): Chips {
  const t = useTranslations("messages");
  const source = facets?.sources.find(({ id }) => id === chosen.source);
  const connection = facets?.sources.find(({ connectionId }) => connectionId === chosen.connection)?.connection;
  const told: Partial<Record<keyof MessageFilter, string | undefined>> = {
    connection: chosen.connection && t("chip.connection", { name: visibleText(connection ?? "…", 60) }),
    source: chosen.source && t("chip.source", { name: visibleText(source?.name ?? "…", 60) }),
    group: chosen.group && t("chip.group", { name: visibleText(facets?.group ?? "…", 80) }),
    error: chosen.error && t("chip.error", { name: visibleText(chosen.error, 80) }),
    reason: chosen.reason && t("chip.reason", { name: chosen.reason.map((reason) => t(`reason.${reason}`)).join(", ") }),
    since: chosen.since && t(`since.${chosen.since}`),
    from: chosen.from && t("chip.from", { name: chosen.from }),
    to: chosen.to && t("chip.to", { name: chosen.to }),
  };
  return Object.entries(told).flatMap(([field, label]) => (label === undefined || label === "" ? [] : [{ field: field as keyof MessageFilter, label }]));
}
