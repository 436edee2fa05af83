"use client";

import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Dialog } from "./dialog.tsx";
import { FormField } from "./form-field.tsx";
import { Input } from "./text-field.tsx";

type Props = {
  title: ReactNode;
  description: ReactNode;
  label: string;
  help: string;
  /** What is shown this once. */
  value: string;
  copyLabel: string;
  onClose: () => void;
  /** How it is used. */
  children?: ReactNode;
};

/** The one time a secret is seen, to be copied and handed over. */
export function HandOverDialog({ title, description, label, help, value, copyLabel, onClose, children }: Props) {
  const t = useTranslations("kit");
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={title}
      description={description}
      footer={
        <Button variant="primary" onClick={onClose}>
          {t("done")}
        </Button>
      }
    >
      <FormField label={label} help={help}>
        {(control) => (
          <div className="flex items-center gap-1">
            <Input {...control} mono readOnly value={value} onFocus={(event) => event.target.select()} />
            <CopyButton text={value} label={copyLabel} size="md" />
          </div>
        )}
      </FormField>
      {children}
    </Dialog>
  );
}
