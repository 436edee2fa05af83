"use client";

import { type FormEvent, type ReactNode, useId } from "react";
import { useTranslations } from "use-intl";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorLine } from "./error-state.tsx";

type Props = {
  title: ReactNode;
  description: ReactNode;
  /** What will be made, as the button's text. */
  submitLabel: string;
  busy: boolean;
  /** What went wrong when it was tried, where no field stands for it. */
  error?: ReactNode;
  onClose: () => void;
  onSubmit: () => void;
  /** The fields. */
  children: ReactNode;
};

/** A form over the page; Enter in a field sends it. Mounted while open. */
export function FormDialog({ title, description, submitLabel, busy, error, onClose, onSubmit, children }: Props) {
  const t = useTranslations("kit");
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" form={form} variant="primary" busy={busy}>
            {submitLabel}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate className="grid gap-4">
        {error && <ErrorLine>{error}</ErrorLine>}
        {children}
      </form>
    </Dialog>
  );
}
