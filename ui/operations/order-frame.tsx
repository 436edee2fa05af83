"use client";

import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { TYPE_THE_NUMBER_ABOVE } from "#core/selection.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { useOrderFacts } from "./order-facts.tsx";
import type { OrderInHand } from "./use-order.ts";

type Props = {
  order: OrderInHand;
  title: string;
  description?: ReactNode;
  /** The button's text once the number is known. */
  confirmLabel: (count: number) => string;
  danger?: boolean;
  width?: "sm" | "md";
  /** Why it can not be ordered yet, beside what the count itself says. */
  disabledReason?: string | null;
  /** Whether to say where the messages failed. */
  origins?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children?: ReactNode;
};

/** What every order's dialog has: the count, what is skipped, the number to type, and what went wrong. */
export function OrderFrame({ order, origins = false, onClose, ...props }: Props) {
  const t = useTranslations("operations");
  const { preview } = order;
  const facts = useOrderFacts(preview, origins);
  const counted = preview !== null && !order.counting;
  const nothing = counted && preview.count === 0 ? t("nothingToDo") : null;
  const reason = counted ? (nothing ?? (order.outdated ? t("recountFirst") : (props.disabledReason ?? null))) : t("counting");
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={props.title}
      description={props.description}
      facts={facts}
      confirmLabel={props.confirmLabel(preview?.count ?? 0)}
      danger={props.danger ?? false}
      width={props.width ?? "sm"}
      {...(preview !== null && preview.count > TYPE_THE_NUMBER_ABOVE ? { typedCount: preview.count } : {})}
      disabledReason={reason}
      busy={order.ordering}
      error={
        order.error !== null && (
          <span className="flex items-start gap-2">
            <span className="min-w-0 flex-1">{order.error}</span>
            {order.outdated && (
              <Button size="sm" onClick={order.recount} busy={order.counting}>
                {t("recount")}
              </Button>
            )}
          </span>
        )
      }
      onConfirm={props.onConfirm}
    >
      {props.children}
    </ConfirmDialog>
  );
}
