"use client";

import type { Act } from "#core/message/state.ts";
import type { Selection } from "#core/selection.ts";
import { DiscardDialog } from "./discard-dialog.tsx";
import { PlainOrderDialog } from "./plain-order-dialog.tsx";
import { ResendDialog } from "./resend-dialog.tsx";

export type OrderDialogProps = {
  readonly act: Act;
  /** Messages one by one, or everything a filter matches. It is counted when the dialog opens. */
  readonly selection: Selection;
  readonly onClose: () => void;
  /** The order was taken: what was selected has moved on. */
  readonly onOrdered?: ((operationId: string) => void) | undefined;
};

/** Asks for one order over a selection and gives it. Mount it to open it. */
export function OrderDialog(props: OrderDialogProps) {
  if (props.act === "resend") return <ResendDialog {...props} />;
  if (props.act === "discard") return <DiscardDialog {...props} />;
  return <PlainOrderDialog {...props} act={props.act} />;
}
