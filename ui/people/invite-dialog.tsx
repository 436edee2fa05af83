"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { email as emailSchema, personName, type GrantableRole } from "#core/people.ts";
import { FormDialog } from "../kit/form-dialog.tsx";
import { TextField } from "../kit/text-field.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { HandOver } from "./person.ts";
import { RoleChoice } from "./role-choice.tsx";

type Props = { readonly onClose: () => void; readonly onInvited: (link: HandOver) => void };

/** Name, address and role of somebody new; what comes out is a link to hand over. */
export function InviteDialog({ onClose, onInvited }: Props) {
  const t = useTranslations("settings.people");
  const words = useTranslations("auth");
  const failed = useTranslations("settings");
  const api = useTRPC();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<GrantableRole>("operator");
  const [isTried, setTried] = useState(false);
  const invite = useMutation(
    api.people.invite.mutationOptions({
      onSuccess: async (link, { name: invited }) => {
        onInvited({ ...link, name: invited });
        await queries.invalidateQueries(api.people.list.queryFilter());
      },
    }),
  );
  const refusal = refusalOf(invite.error);
  const isTaken = refusal?.field === "email" && invite.variables?.email === email;
  const isNameWrong = !personName.safeParse(name).success;
  const isEmailWrong = !emailSchema.safeParse(email).success;
  const emailError = isTaken ? t("inviteDialog.taken") : isTried && isEmailWrong ? words("fields.email") : undefined;
  const submit = () => {
    setTried(true);
    if (!isNameWrong && !isEmailWrong) invite.mutate({ name, email, role });
  };
  return (
    <FormDialog
      title={t("inviteDialog.title")}
      description={t("inviteDialog.lead")}
      submitLabel={t("inviteDialog.submit")}
      busy={invite.isPending}
      error={refusal !== null && refusal.field !== "email" && failed("failed", { message: refusal.message })}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextField
        label={t("name")}
        required
        autoComplete="off"
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={isTried && isNameWrong ? words("fields.name") : undefined}
      />
      <TextField
        label={words("signIn.email")}
        type="email"
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={emailError}
      />
      <RoleChoice value={role} onChange={setRole} />
    </FormDialog>
  );
}
