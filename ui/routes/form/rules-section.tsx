"use client";

import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useTranslations } from "use-intl";
import { DELIVERY_ERROR_CODES } from "#core/route/outcome.ts";
import { Button } from "../../kit/button.tsx";
import { IconButton } from "../../kit/icon-button.tsx";
import { Select } from "../../kit/select.tsx";
import { Input } from "../../kit/text-field.tsx";
import { Section, useWrong } from "./fields.tsx";
import { lineId, type RouteDraft, type RuleDraft } from "./route-draft.ts";

type Props = { draft: RouteDraft; onChange: (patch: Partial<RouteDraft>) => void };

const ANY = "any";

/** Rules of the route's own: which errors are worth another try, asked in order before the built-in table. */
export function RulesSection({ draft: { rules }, onChange }: Props) {
  const t = useTranslations("routes");
  const put = (next: readonly RuleDraft[]) => onChange({ rules: next });
  const move = (at: number, by: number) => {
    const next = [...rules];
    const [rule] = next.splice(at, 1);
    if (rule !== undefined) next.splice(at + by, 0, rule);
    put(next);
  };
  return (
    <Section title={t("rules.title")} help={t("form.rulesHelp")}>
      {rules.length > 0 && (
        <ol className="grid gap-2">
          {rules.map((rule, at) => (
            <Rule
              key={rule.id}
              at={at}
              rule={rule}
              last={at === rules.length - 1}
              onChange={(patch) => put(rules.map((each) => (each.id === rule.id ? { ...each, ...patch } : each)))}
              onMove={(by) => move(at, by)}
              onRemove={() => put(rules.filter(({ id }) => id !== rule.id))}
            />
          ))}
        </ol>
      )}
      <div>
        <Button size="sm" onClick={() => put([...rules, { id: lineId(), status: "", code: "", type: "", pattern: "", verdict: "dead" }])}>
          <Plus aria-hidden />
          {t("form.addRule")}
        </Button>
      </div>
    </Section>
  );
}

type RuleProps = { at: number; rule: RuleDraft; last: boolean; onChange: (patch: Partial<RuleDraft>) => void; onMove: (by: number) => void; onRemove: () => void };

function Rule({ at, rule, last, onChange, onMove, onRemove }: RuleProps) {
  const t = useTranslations("routes");
  const number = at + 1;
  const errors = [useWrong(`rules.${at}`), useWrong(`rules.${at}.status`), useWrong(`rules.${at}.pattern`), useWrong(`rules.${at}.type`)];
  const empty = errors[0] === undefined ? null : t("form.ruleEmpty");
  const wrong = empty ?? errors.find((error) => error !== undefined);
  const verdicts = (["retry", "dead"] as const).map((value) => ({ value, label: t(`rules.verdict.${value}`) }));
  const codes = [{ value: ANY, label: t("form.anyCode") }, ...DELIVERY_ERROR_CODES.map((value) => ({ value, label: t(`error.${value}`) }))];
  return (
    <li className="grid gap-1.5 rounded border px-2.5 py-2">
      <div className="grid items-center gap-1.5 sm:grid-cols-[1.25rem_6rem_minmax(0,1fr)_minmax(0,1fr)_minmax(0,1.4fr)]">
        <span className="text-muted tabular-nums">{number}.</span>
        <Input aria-label={t("form.ruleStatus", { number })} aria-invalid={errors[1] === undefined ? undefined : true} placeholder="409, 4xx" mono value={rule.status} onChange={(event) => onChange({ status: event.target.value })} />
        <Select aria-label={t("form.ruleCode", { number })} value={rule.code === "" ? ANY : rule.code} onChange={(code) => onChange({ code: code === ANY ? "" : code })} options={codes} />
        <Input aria-label={t("form.ruleType", { number })} placeholder={t("form.ruleTypeHint")} mono value={rule.type} onChange={(event) => onChange({ type: event.target.value })} />
        <Input aria-label={t("form.rulePattern", { number })} aria-invalid={errors[2] === undefined ? undefined : true} placeholder={t("form.rulePatternHint")} mono value={rule.pattern} onChange={(event) => onChange({ pattern: event.target.value })} />
      </div>
      <div className="flex items-center gap-1.5 sm:pl-6.5">
        <span aria-hidden className="text-muted">
          →
        </span>
        <Select aria-label={t("form.ruleVerdict", { number })} value={rule.verdict} onChange={(verdict) => onChange({ verdict })} options={verdicts} />
        <span className="flex-1" />
        <IconButton icon={ArrowUp} size="sm" label={t("form.ruleUp", { number })} disabledReason={at === 0 ? t("form.ruleFirst") : null} onClick={() => onMove(-1)} />
        <IconButton icon={ArrowDown} size="sm" label={t("form.ruleDown", { number })} disabledReason={last ? t("form.ruleLast") : null} onClick={() => onMove(1)} />
        <IconButton icon={X} size="sm" label={t("form.removeRule", { number })} onClick={onRemove} />
      </div>
      {wrong !== undefined && (
        <p role="alert" className="text-sm text-red">
          {wrong}
        </p>
      )}
    </li>
  );
}
