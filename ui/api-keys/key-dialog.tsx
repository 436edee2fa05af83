"use client";

import { useTranslations } from "use-intl";
import { Button } from "../kit/button.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { FormField } from "../kit/form-field.tsx";
import { Input } from "../kit/text-field.tsx";
import { visibleText } from "../kit/visible-text.ts";
import type { MadeKey } from "./api-key.ts";

/** The one time a key is seen. */
export function KeyDialog({ made: { name, key }, onClose }: { readonly made: MadeKey; readonly onClose: () => void }) {
  const t = useTranslations("settings.apiKeys.keyDialog");
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={t("title", { name: visibleText(name, 60) })}
      description={t("lead")}
      footer={
        <Button variant="primary" onClick={onClose}>
          {t("done")}
        </Button>
      }
    >
      <FormField label={t("key")} help={t("use")}>
        {(control) => (
          <div className="flex items-center gap-1">
            <Input {...control} mono readOnly value={key} onFocus={(event) => event.target.select()} />
            <CopyButton text={key} label={t("copy")} size="md" />
          </div>
        )}
      </FormField>
    </Dialog>
  );
}
