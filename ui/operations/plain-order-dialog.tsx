"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Act } from "#core/message/state.ts";
import { ReasonField } from "./discard-dialog.tsx";
import type { OrderDialogProps } from "./order-dialog.tsx";
import { OrderFrame } from "./order-frame.tsx";
import { useOrder } from "./use-order.ts";

type Props = OrderDialogProps & { readonly act: Exclude<Act, "resend" | "discard"> };

/** Restore, call back, and a person's own word on what is in doubt. */
export function PlainOrderDialog({ act, selection, onClose, onOrdered }: Props) {
  const t = useTranslations("operations");
  const [reason, setReason] = useState("");
  const order = useOrder(act, selection, (id) => {
    onOrdered?.(id);
    onClose();
  });
  const given = reason.trim();
  return (
    <OrderFrame
      order={order}
      title={t(`title.${act}`, { count: order.preview?.count ?? 1 })}
      description={t(`help.${act}`)}
      confirmLabel={(count) => t(`confirm.${act}`, { count })}
      onConfirm={() => order.give(given === "" ? {} : { reason: given })}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
    </OrderFrame>
  );
}
