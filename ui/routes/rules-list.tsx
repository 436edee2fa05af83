"use client";

import { useTranslations } from "use-intl";
import type { ClassifyRule } from "#core/route/classify.ts";
import { visibleText } from "../kit/visible-text.ts";

/** What of an error a rule looks at, in words: "status 4xx, type CardDeclined". */
function useRuleWords(): (rule: ClassifyRule) => string {
  const t = useTranslations("routes");
  return (rule) =>
    [
      ...(rule.status === undefined ? [] : [t("rules.ofStatus", { value: rule.status })]),
      ...(rule.code === undefined ? [] : [t(`error.${rule.code}`)]),
      ...(rule.type === undefined ? [] : [t("rules.ofType", { value: visibleText(rule.type) })]),
      ...(rule.pattern === undefined ? [] : [t("rules.ofPattern", { value: visibleText(rule.pattern) })]),
    ].join(", ");
}

/** The rules of a route in the order in which they are asked. */
export function RulesList({ rules }: { rules: readonly ClassifyRule[] }) {
  const t = useTranslations("routes");
  const words = useRuleWords();
  return (
    <section>
      <h3 className="mb-1 font-semibold">{t("rules.title")}</h3>
      <ol className="grid list-decimal gap-1 pl-5">
        {rules.map((rule, at) => (
          <li key={at}>
            {words(rule)} → <span className="font-medium">{t(`rules.verdict.${rule.verdict}`)}</span>
          </li>
        ))}
      </ol>
      <p className="mt-1 text-muted">{rules.length === 0 ? t("rules.none") : t("rules.then")}</p>
    </section>
  );
}
