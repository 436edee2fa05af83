"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { manifests } from "#core/brokers/index.ts";
import { TARGET_FIELDS, type TargetField } from "#core/brokers/target-fields.ts";
import { ErrorLine } from "../../kit/error-state.tsx";
import { SelectField } from "../../kit/select.tsx";
import { visibleText } from "../../kit/visible-text.ts";
import { useTargetWords } from "../../operations/target-words.ts";
import { useTRPC } from "../../trpc/client.tsx";
import { Field, useWrong } from "./fields.tsx";
import type { PlaceDraft } from "./route-draft.ts";

type Props = { path: string; place: PlaceDraft; onChange: (place: PlaceDraft) => void };

/** A place on any connection: which one, and the place in its broker's words. */
export function TargetFields({ path, place, onChange }: Props) {
  const t = useTranslations("routes");
  const words = useTranslations("operations");
  const target = useTargetWords();
  const { data = [] } = useQuery(useTRPC().connections.list.queryOptions());
  const nowhere = useWrong(`${path}.target`);
  const unconnected = useWrong(`${path}.connectionId`);
  const choose = (connectionId: string) => {
    const kind = data.find(({ id }) => id === connectionId)?.kind;
    if (kind !== undefined) onChange({ connectionId, kind, fields: kind === place.kind ? place.fields : {} });
  };
  const set = (name: TargetField["name"], value: string) => onChange({ ...place, fields: { ...place.fields, [name]: value } });
  return (
    <div className="grid gap-3">
      <SelectField
        label={t("form.connection")}
        required
        placeholder={t("form.chooseConnection")}
        value={place.connectionId === "" ? undefined : place.connectionId}
        error={unconnected === undefined ? undefined : t("form.chooseConnection")}
        onChange={choose}
        options={data.map(({ id, name, kind }) => ({ value: id, label: visibleText(name, 80), hint: manifests[kind].label }))}
      />
      {place.connectionId !== "" && (
        <div className="grid gap-3 sm:grid-cols-2">
          {TARGET_FIELDS[place.kind].map(({ name, choices }) =>
            choices === undefined ? (
              <Field
                key={name}
                path={`${path}.target.${name}`}
                label={words(`place.${name}`)}
                placeholder={name === "exchange" ? words("defaultExchange") : undefined}
                help={target.help(name, place)}
                value={place.fields[name] ?? ""}
                onChange={(value) => set(name, value)}
                maxLength={1_024}
                mono
              />
            ) : (
              <SelectField key={name} label={words(`place.${name}`)} help={target.help(name, place)} value={place.fields[name] ?? choices[0] ?? ""} onChange={(value) => set(name, value)} options={choices.map((value) => ({ value, label: target.choice(value) }))} />
            ),
          )}
        </div>
      )}
      {nowhere !== undefined && <ErrorLine>{nowhere}</ErrorLine>}
    </div>
  );
}
