"use client";

import { useTranslations } from "use-intl";
import type { Act } from "#core/message/state.ts";
import { useShortcuts } from "../kit/shortcuts.tsx";

type Keys = {
  act: (act: Act) => void;
  edit: () => void;
  open: () => void;
  close: () => void;
  /** Whether there is something to act on, and whether it is exactly one message. */
  some: boolean;
  one: boolean;
};

/** The keys of the list beside those of its table: they act on what is chosen, else on the open message. */
export function useListKeys({ act, edit, open, close, some, one }: Keys): void {
  const t = useTranslations("messages");
  useShortcuts(t("title"), [
    { keys: "r", label: t("key.resend"), run: () => act("resend"), enabled: some },
    { keys: "e", label: t("key.edit"), run: edit, enabled: one },
    { keys: "d", label: t("key.discard"), run: () => act("discard"), enabled: some },
    { keys: "o", label: t("key.open"), run: open, enabled: one },
    { keys: "Escape", label: t("key.close"), run: close, enabled: some },
  ]);
}
