"use client";

import { useFormatter, useTranslations } from "use-intl";
import { Button } from "../kit/button.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { FormField } from "../kit/form-field.tsx";
import { Input } from "../kit/text-field.tsx";
import type { HandOver } from "./person.ts";

/** The one time a link is seen. Its token stands behind #, so that it reaches no server log on the way. */
export function LinkDialog({ link, onClose }: { readonly link: HandOver; readonly onClose: () => void }) {
  const t = useTranslations("settings.people.linkDialog");
  const format = useFormatter();
  const address = `${window.location.origin}/set-password#${link.token}`;
  const until = format.dateTime(new Date(link.expiresAt), { dateStyle: "medium", timeStyle: "short" });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={t("title", { name: link.name })}
      description={t("lead")}
      footer={
        <Button variant="primary" onClick={onClose}>
          {t("done")}
        </Button>
      }
    >
      <FormField label={t("link")} help={t("until", { when: until })}>
        {(control) => (
          <div className="flex items-center gap-1">
            <Input {...control} mono readOnly value={address} onFocus={(event) => event.target.select()} />
            <CopyButton text={address} label={t("copy")} size="md" />
          </div>
        )}
      </FormField>
    </Dialog>
  );
}
