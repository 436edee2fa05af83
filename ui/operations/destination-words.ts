"use client";

import { useTranslations } from "use-intl";
import type { Place } from "#core/message/normal-form.ts";
import type { SelectionPlan } from "#server/services/resend-plan.ts";
import { targetOf, type DestinationForm } from "./destination-form.ts";
import type { OrderPreview } from "./order-facts.tsx";
import { targetText } from "./target-text.ts";

type Words = {
  /** For the button: "payments", "3 queues". */
  readonly where: string;
  /** Why nothing can be sent there, or null. */
  readonly blocked: string | null;
};

/** Where a destination leads, in words. A plan that only saw a sample never names one place for all. */
export function useDestinationWords(form: DestinationForm, plan: SelectionPlan | null, preview: OrderPreview | null): Words {
  const t = useTranslations("operations");
  if (form.to === "target") {
    const target = targetOf(form);
    return target === null ? { where: "…", blocked: t("targetFirst") } : { where: targetText(target), blocked: null };
  }
  const generic = form.to === "failed_queue" ? t("where.failed_queue") : t("where.origin");
  if (plan === null || preview === null) return { where: generic, blocked: plan === null ? t("planning") : null };
  const destined = form.to === "failed_queue" ? plan.failedQueue : plan.origin;
  const known = destined.flatMap(({ target }): Place[] => (target === null ? [] : [target]));
  if (known.length === 0 && plan.sampled > 0) return { where: generic, blocked: t(`noTarget.${form.to}`) };
  const sawAll = plan.sampled >= preview.count + preview.blocked.reduce((sum, { count }) => sum + count, 0);
  const onePlace = sawAll || (form.to === "failed_queue" && preview.origins.length === 1);
  const [first] = known;
  if (first !== undefined && known.length === 1 && onePlace) return { where: first.kind === "route" ? t("where.route", { name: targetText(first) }) : targetText(first), blocked: null };
  return { where: sawAll ? t("where.places", { count: known.length }) : generic, blocked: null };
}
