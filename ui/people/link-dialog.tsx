"use client";

import { useFormatter, useTranslations } from "use-intl";
import { HandOverDialog } from "../kit/hand-over-dialog.tsx";
import type { HandOver } from "./person.ts";

/** The one time a link is seen. Its token stands behind #, so that it reaches no server log on the way. */
export function LinkDialog({ link, onClose }: { readonly link: HandOver; readonly onClose: () => void }) {
  const t = useTranslations("settings.people.linkDialog");
  const format = useFormatter();
  const address = `${window.location.origin}/set-password#${link.token}`;
  const until = format.dateTime(new Date(link.expiresAt), { dateStyle: "medium", timeStyle: "short" });
  return <HandOverDialog title={t("title", { name: link.name })} description={t("lead")} label={t("link")} help={t("until", { when: until })} value={address} copyLabel={t("copy")} onClose={onClose} />;
}
