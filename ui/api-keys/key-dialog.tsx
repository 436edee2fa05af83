"use client";

import { useTranslations } from "use-intl";
import { HandOverDialog } from "../kit/hand-over-dialog.tsx";
import { visibleText } from "../kit/visible-text.ts";
import type { MadeKey } from "./api-key.ts";

/** The one time a key is seen. */
export function KeyDialog({ made: { name, key }, onClose }: { readonly made: MadeKey; readonly onClose: () => void }) {
  const t = useTranslations("settings.apiKeys.keyDialog");
  return <HandOverDialog title={t("title", { name: visibleText(name, 60) })} description={t("lead")} label={t("key")} help={t("use")} value={key} copyLabel={t("copy")} onClose={onClose} />;
}
