"use client";

import { CircleHelp, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { SelectionPlan } from "#server/services/resend-plan.ts";
import { visibleText } from "../kit/visible-text.ts";
import type { DestinationForm } from "./destination-form.ts";
import type { OrderPreview } from "./order-facts.tsx";

type Props = { plan: SelectionPlan | null; form: DestinationForm; preview: OrderPreview | null };

/** What a resend changes, and its traps. Honest about how little of a large selection was looked at. */
export function PlanNotes({ plan, form, preview }: Props) {
  const t = useTranslations("operations");
  if (plan === null || preview === null || plan.sampled === 0) return null;
  const destined = form.to === "target" ? [] : form.to === "origin" ? plan.origin : plan.failedQueue;
  const lost = destined.find(({ target }) => target === null)?.count ?? 0;
  const inDoubt = preview.ready.find(({ state }) => state === "in_doubt")?.count ?? 0;
  const notes = plan.notes.filter((note) => note !== "fan_out" || form.to === "origin").filter((note) => note !== "target_guessed" || form.to === "failed_queue");
  const changes = [...plan.strip, ...plan.set];
  return (
    <div className="grid gap-1.5">
      {inDoubt > 0 && <Warning>{t("inDoubtWarning", { count: inDoubt })}</Warning>}
      {lost > 0 && lost < plan.sampled && <Warning>{t("someUntold", { count: lost, sampled: plan.sampled })}</Warning>}
      {notes.map((note) => (
        <Warning key={note} quiet={note === "header_retry_counter_reset" || note === "body_retry_counter_reset"}>
          {t(`note.${note}`)}
        </Warning>
      ))}
      <details className="text-sm text-muted">
        <summary className="w-fit hover:text-ink">{t("changes", { count: changes.length })}</summary>
        <p className="mt-1 break-words">
          {plan.strip.length > 0 && t("stripped", { names: plan.strip.map((name) => visibleText(name, 60)).join(", ") })}{" "}
          {plan.set.length > 0 && t("reset", { names: plan.set.map((name) => visibleText(name, 60)).join(", ") })} {t("stamped")}
        </p>
        {preview.count > plan.sampled && <p className="mt-1">{t("sampled", { count: plan.sampled })}</p>}
      </details>
    </div>
  );
}

function Warning({ children, quiet = false }: { children: ReactNode; quiet?: boolean }) {
  const Icon = quiet ? CircleHelp : TriangleAlert;
  return (
    <p className={quiet ? "flex items-start gap-1.5 text-sm text-muted" : "flex items-start gap-1.5 rounded bg-amber-soft px-2.5 py-1.5 text-sm text-amber"}>
      <Icon aria-hidden className="mt-0.5 size-3 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
