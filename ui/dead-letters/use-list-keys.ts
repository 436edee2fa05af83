"use client";

import { useTranslations } from "use-intl";
import type { Act } from "#core/message/state.ts";
import { useShortcuts } from "../kit/shortcuts.tsx";

type Keys = {
  act: (act: Act) => void;
  edit: () => void;
  open: () => void;
  close: () => void;
  /** Whether there is something to close. */
  some: boolean;
};

/** The keys of the list beside those of its table: they act on what is chosen, else on the open message, else not at all. */
export function useListKeys({ act, edit, open, close, some }: Keys): void {
  const t = useTranslations("messages");
  useShortcuts(t("title"), [
    { keys: "r", label: t("key.resend"), run: () => act("resend") },
    { keys: "e", label: t("key.edit"), run: edit },
    { keys: "d", label: t("key.discard"), run: () => act("discard") },
    { keys: "o", label: t("key.open"), run: open },
    { keys: "Escape", label: t("key.close"), run: close, enabled: some },
  ]);
}
