"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { GRANTABLE } from "#core/people.ts";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { notify } from "../kit/toast.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { Person } from "./person.ts";
import { RoleChoice } from "./role-choice.tsx";

/** Another role for a person; the button says which. */
export function RoleDialog({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const t = useTranslations("settings.people");
  const roles = useTranslations("shell.role");
  const api = useTRPC();
  const queries = useQueryClient();
  const name = visibleText(person.name, 60);
  const [role, setRole] = useState(GRANTABLE.find((each) => each === person.role) ?? "viewer");
  const change = useMutation(
    api.people.changeRole.mutationOptions({
      onSuccess: async () => {
        onClose();
        notify.done(t("roleChanged", { name, role: roles(role) }));
        await queries.invalidateQueries(api.people.list.queryFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t("roleDialog.title", { name })}
      confirmLabel={t("roleDialog.submit", { name, role: roles(role) })}
      disabledReason={role === person.role ? t("roleDialog.same", { name }) : null}
      busy={change.isPending}
      error={refusalOf(change.error)?.message}
      onConfirm={() => change.mutate({ id: person.id, role })}
    >
      <RoleChoice value={role} onChange={setRole} />
    </ConfirmDialog>
  );
}
