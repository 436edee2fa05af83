"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useTranslations } from "use-intl";
import type { AuditQuery } from "#core/audit.ts";
import { Button } from "../kit/button.tsx";
import { Toolbar } from "../kit/page.tsx";
import { Select } from "../kit/select.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { MomentInput } from "./moment-input.tsx";
import { useActLabel } from "./use-act-label.ts";

/** Stands for no filter: a choice needs a value. */
const ALL = "*";

type Props = {
  readonly query: AuditQuery;
  readonly onNarrow: (change: Pick<AuditQuery, "act" | "actorId" | "from" | "to">) => void;
  /** Null when nothing is filtered. */
  readonly onClear: (() => void) | null;
};

export function AuditFilters({ query, onNarrow, onClear }: Props) {
  const t = useTranslations("audit");
  const labelOf = useActLabel();
  const { data } = useQuery({ ...useTRPC().audit.choices.queryOptions(), refetchInterval: 60_000 });
  const acts = withChosen(data?.acts ?? [], query.act);
  const actors = data?.actors ?? [];
  const chosen = (value: string) => (value === ALL ? undefined : value);
  return (
    <Toolbar label={t("filters")}>
      <Select
        aria-label={t("actFilter")}
        className="w-56"
        value={query.act ?? ALL}
        onChange={(act) => onNarrow({ act: chosen(act) })}
        options={[{ value: ALL, label: t("allActs") }, ...acts.map((act) => ({ value: act, label: labelOf(act) }))]}
      />
      <Select
        aria-label={t("personFilter")}
        className="w-44"
        value={query.actorId ?? ALL}
        onChange={(actorId) => onNarrow({ actorId: chosen(actorId) })}
        options={[
          { value: ALL, label: t("allPeople") },
          ...withChosen(
            actors.map(({ id }) => id),
            query.actorId,
          ).map((id) => ({ value: id, label: <bdi>{actors.find((actor) => actor.id === id)?.name ?? id}</bdi> })),
        ]}
      />
      <MomentInput label={t("from")} value={query.from} onChange={(from) => onNarrow({ from })} />
      <MomentInput label={t("to")} value={query.to} onChange={(to) => onNarrow({ to })} />
      {onClear !== null && (
        <Button variant="ghost" onClick={onClear}>
          <X aria-hidden />
          {t("clear")}
        </Button>
      )}
    </Toolbar>
  );
}

/** What the address names stays choosable while the choices load, and when it never occurred. */
const withChosen = (values: readonly string[], chosen: string | undefined): readonly string[] =>
  chosen === undefined || values.includes(chosen) ? values : [...values, chosen];
