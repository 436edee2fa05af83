"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { Person } from "./person.ts";

/** The last question before somebody is kept out. */
export function DisableDialog({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const t = useTranslations("settings.people");
  const roles = useTranslations("shell.role");
  const words = useTranslations("auth");
  const api = useTRPC();
  const queries = useQueryClient();
  const name = visibleText(person.name, 60);
  const disable = useMutation(
    api.people.disable.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queries.invalidateQueries(api.people.list.queryFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      danger
      onOpenChange={onClose}
      title={t("disableDialog.title", { name })}
      description={t("disableDialog.lead")}
      facts={[
        { label: words("signIn.email"), value: visibleText(person.email) },
        { label: t("role"), value: roles(person.role) },
      ]}
      confirmLabel={t("disableDialog.submit", { name })}
      busy={disable.isPending}
      error={refusalOf(disable.error)?.message}
      onConfirm={() => disable.mutate({ id: person.id })}
    />
  );
}
