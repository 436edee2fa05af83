"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { DestinationFields } from "./destination-fields.tsx";
import { destinationOf, FAILED_QUEUE, type DestinationForm } from "./destination-form.ts";
import { useDestinationWords } from "./destination-words.ts";
import type { OrderDialogProps } from "./order-dialog.tsx";
import { OrderFrame } from "./order-frame.tsx";
import { AS_FAST_AS_IT_GOES, PaceField, rateOf } from "./pace-field.tsx";
import { PlanNotes } from "./plan-notes.tsx";
import { useOrder, useSelectionPlan } from "./use-order.ts";

/** Resends a selection: where to, how fast, and what it changes on the way. */
export function ResendDialog({ selection, onClose, onOrdered }: OrderDialogProps) {
  const t = useTranslations("operations");
  const [form, setForm] = useState<DestinationForm>(FAILED_QUEUE);
  const [pace, setPace] = useState<string | null>(null);
  const plan = useSelectionPlan(selection);
  const order = useOrder("resend", selection, (id) => {
    onOrdered?.(id);
    onClose();
  });
  const count = order.preview?.count ?? 0;
  // many at once would hit a service that has just recovered: a pace is offered unless the person wants none
  const chosen = pace ?? (count > 100 ? "50" : AS_FAST_AS_IT_GOES);
  const rate = rateOf(chosen);
  const words = useDestinationWords(form, plan.data ?? null, order.preview);
  const destination = destinationOf(form);
  const give = () => destination !== null && order.give({ destination, ...(rate.value === null ? {} : { rate: rate.value }) });
  return (
    <OrderFrame
      order={order}
      title={t("title.resend", { count: Math.max(1, count) })}
      description={t("help.resend")}
      confirmLabel={(number) =>
        rate.value === null
          ? t("confirm.resend", { count: number, where: words.where })
          : t("confirm.resendPaced", { count: number, where: words.where, rate: rate.value })
      }
      width="md"
      origins={count > 1}
      disabledReason={words.blocked ?? (rate.valid ? null : t("paceInvalid"))}
      onConfirm={give}
      onClose={onClose}
    >
      <DestinationFields form={form} onChange={setForm} plan={plan.data ?? null} count={count} />
      {count > 1 && <PaceField value={chosen} onChange={setPace} count={count} />}
      <PlanNotes plan={plan.data ?? null} form={form} preview={order.preview} />
    </OrderFrame>
  );
}
