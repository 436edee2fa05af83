"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { TextArea } from "../kit/text-field.tsx";
import type { OrderDialogProps } from "./order-dialog.tsx";
import { OrderFrame } from "./order-frame.tsx";
import { useOrder } from "./use-order.ts";

/** Puts messages aside, with a reason. */
export function DiscardDialog({ selection, onClose, onOrdered }: OrderDialogProps) {
  const t = useTranslations("operations");
  const [reason, setReason] = useState("");
  const order = useOrder("discard", selection, (id) => {
    onOrdered?.(id);
    onClose();
  });
  const given = reason.trim();
  return (
    <OrderFrame
      order={order}
      title={t("title.discard", { count: order.preview?.count ?? 1 })}
      description={t("help.discard")}
      confirmLabel={(count) => t("confirm.discard", { count })}
      danger
      origins
      disabledReason={given === "" ? t("reasonFirst") : null}
      onConfirm={() => order.give({ reason: given })}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} required />
    </OrderFrame>
  );
}

type ReasonProps = { value: string; onChange: (reason: string) => void; required?: boolean };

/** Why: it is what the next person reads on the timeline and in the audit log. */
export function ReasonField({ value, onChange, required = false }: ReasonProps) {
  const t = useTranslations("operations");
  return (
    <TextArea
      label={t("reason")}
      help={t("reasonHelp")}
      required={required}
      rows={2}
      maxLength={500}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
