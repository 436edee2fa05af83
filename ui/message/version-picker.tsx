"use client";

import { useTranslations } from "use-intl";
import { Select } from "../kit/select.tsx";
import type { Death, Edit, MessageDetail } from "./types.ts";
import { versionsOf } from "./versions.ts";

type Props = { message: MessageDetail; version: Death | Edit; onPick: (id: string) => void };

/** Which death or edit is looked at; nothing where there is only one. */
export function VersionPicker({ message, version, onPick }: Props) {
  const t = useTranslations("messages");
  const versions = versionsOf(message);
  if (versions.length < 2) return null;
  const options = versions.map((entry) => ({
    value: entry.id,
    label: entry.kind === "edit" ? t("version.edit", { number: entry.number }) : entry.id === message.lastDeathId ? t("version.latest", { number: entry.number }) : t("version.death", { number: entry.number }),
  }));
  return <Select value={version.id} onChange={onPick} options={options} aria-label={t("version.label")} className="h-6" />;
}
