"use client";

import { RadioGroup } from "radix-ui";
import { type ReactNode, useId } from "react";
import { useTranslations } from "use-intl";
import { manifests } from "#core/brokers/index.ts";
import { TARGET_FIELDS, type TargetField } from "#core/brokers/target-fields.ts";
import type { Destined, SelectionPlan } from "#server/services/resend-plan.ts";
import { cx } from "../kit/cx.ts";
import { Num } from "../kit/num.tsx";
import { SelectField } from "../kit/select.tsx";
import { TextField } from "../kit/text-field.tsx";
import type { DestinationForm } from "./destination-form.ts";
import { targetText } from "./target-text.ts";
import { useTargetWords } from "./target-words.ts";

type Props = { form: DestinationForm; onChange: (form: DestinationForm) => void; plan: SelectionPlan | null; /** How many messages there are; a plan may have looked at fewer. */ count: number };

/** Where to: the queue it failed in, where the producer sent it, or another place on the same connection. */
export function DestinationFields({ form, onChange, plan, count }: Props) {
  const t = useTranslations("operations");
  const kind = plan?.kinds.length === 1 && plan.kinds[0] !== undefined ? plan.kinds[0] : form.kind;
  const routed = plan !== null && plan.failedQueue.length > 0 && plan.failedQueue.every(({ target }) => target?.kind === "route");
  const subscribers = plan?.notes.includes("every_subscriber") === true;
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 font-medium">{t("to")}</legend>
      <RadioGroup.Root
        value={form.to}
        onValueChange={(to) => onChange({ ...form, kind, to: to as DestinationForm["to"] })}
        className="grid gap-px overflow-hidden rounded border"
      >
        <Choice value="failed_queue" chosen={form.to} title={t(routed ? "toRoute" : "toFailedQueue")} help={t(routed ? "toRouteHelp" : subscribers ? "toOriginHelp" : "toFailedQueueHelp")}>
          {plan && <Places destined={plan.failedQueue} sampled={plan.sampled} example={count > plan.sampled} />}
        </Choice>
        <Choice value="origin" chosen={form.to} title={t("toOrigin")} help={t("toOriginHelp")}>
          {plan && <Places destined={plan.origin} sampled={plan.sampled} example={count > plan.sampled} />}
        </Choice>
        <Choice value="target" chosen={form.to} title={t("toTarget")} help={t("toTargetHelp")} />
      </RadioGroup.Root>
      {form.to === "target" && <TargetFields form={{ ...form, kind }} onChange={onChange} kinds={plan?.kinds ?? []} />}
    </fieldset>
  );
}

type ChoiceProps = { value: DestinationForm["to"]; chosen: string; title: string; help: string; children?: ReactNode };

function Choice({ value, chosen, title, help, children }: ChoiceProps) {
  const id = useId();
  return (
    <label htmlFor={id} className={cx("flex cursor-pointer items-start gap-2.5 border-b px-3 py-2 last:border-b-0 hover:bg-hover", chosen === value && "bg-accent-soft hover:bg-accent-soft")}>
      <RadioGroup.Item
        id={id}
        value={value}
        aria-describedby={`${id}-help`}
        className="mt-0.75 grid size-3.5 shrink-0 place-items-center rounded-full border border-faint bg-surface data-[state=checked]:border-accent-text"
      >
        <RadioGroup.Indicator className="size-1.75 rounded-full bg-accent-text" />
      </RadioGroup.Item>
      <span className="min-w-0 flex-1">
        <span className="font-medium">{title}</span>
        <span id={`${id}-help`} className="block text-sm text-muted">
          {help}
        </span>
        {children}
      </span>
    </label>
  );
}

const SHOWN = 3;

function Places({ destined, sampled, example }: { destined: readonly Destined[]; sampled: number; example: boolean }) {
  const t = useTranslations("operations");
  return (
    <span className="mt-0.5 flex flex-wrap gap-x-3 text-sm">
      {example && <span className="text-muted">{t("example")}</span>}
      {destined.slice(0, SHOWN).map(({ target, count }) => (
        <span key={JSON.stringify(target)} className={cx("inline-flex max-w-full gap-1", target === null ? "text-amber" : "font-mono")}>
          <span className="truncate">{target === null ? t("notTold") : targetText(target)}</span>
          {!example && sampled > 1 && destined.length > 1 && (
            <span className="text-muted">
              <Num value={count} />/{sampled}
            </span>
          )}
        </span>
      ))}
      {destined.length > SHOWN && <span className="text-muted">{t("morePlaces", { count: destined.length - SHOWN })}</span>}
    </span>
  );
}

function TargetFields({ form, onChange, kinds }: { form: DestinationForm; onChange: (form: DestinationForm) => void; kinds: SelectionPlan["kinds"] }) {
  const t = useTranslations("operations");
  const set = (name: TargetField["name"], value: string) => onChange({ ...form, fields: { ...form.fields, [name]: value } });
  const target = useTargetWords();
  const fields = TARGET_FIELDS[form.kind];
  return (
    <div className="mt-1 grid gap-2">
      {kinds.length > 1 && (
        <SelectField
          label={t("targetKind")}
          help={t("targetKindHelp")}
          value={form.kind}
          onChange={(kind) => onChange({ ...form, kind })}
          options={kinds.map((kind) => ({ value: kind, label: manifests[kind].label }))}
        />
      )}
      <div className={cx("grid gap-2", fields.length > 1 && "sm:grid-cols-2")}>
        {fields.map((field) =>
          field.choices === undefined ? (
            <TextField
              key={field.name}
              label={t(`place.${field.name}`)}
              placeholder={field.name === "exchange" ? t("defaultExchange") : undefined}
              help={target.help(field.name, form)}
              value={form.fields[field.name] ?? ""}
              onChange={(event) => set(field.name, event.target.value)}
              maxLength={1_024}
              mono
              spellCheck={false}
              autoComplete="off"
            />
          ) : (
            <SelectField
              key={field.name}
              label={t(`place.${field.name}`)}
              help={target.help(field.name, form)}
              value={form.fields[field.name] ?? field.choices[0] ?? ""}
              onChange={(value) => set(field.name, value)}
              options={field.choices.map((value) => ({ value, label: target.choice(value) }))}
            />
          ),
        )}
      </div>
    </div>
  );
}
