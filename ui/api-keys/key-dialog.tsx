"use client";

import { useTranslations } from "use-intl";
import { CopyButton } from "../kit/copy-button.tsx";
import { HandOverDialog } from "../kit/hand-over-dialog.tsx";
import { visibleText } from "../kit/visible-text.ts";
import type { MadeKey } from "./api-key.ts";

/** The one time a key is seen, with a request that tries it. */
export function KeyDialog({ made: { name, key }, onClose }: { readonly made: MadeKey; readonly onClose: () => void }) {
  const t = useTranslations("settings.apiKeys.keyDialog");
  const request = `curl -X POST ${window.location.origin}/api/token -H "authorization: Bearer ${key}"`;
  return (
    <HandOverDialog title={t("title", { name: visibleText(name, 60) })} description={t("lead")} label={t("key")} help={t("use")} value={key} copyLabel={t("copy")} onClose={onClose}>
      <div className="mt-3 rounded border bg-sunken">
        <p className="flex items-center justify-between border-b py-1 pr-1 pl-3 text-sm text-muted">
          {t("try")}
          <CopyButton text={request} label={t("copyRequest")} />
        </p>
        <pre className="scroll-thin overflow-x-auto px-3 py-2 font-mono text-sm whitespace-pre-wrap break-all">{request}</pre>
      </div>
    </HandOverDialog>
  );
}
