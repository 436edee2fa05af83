"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { apiKeyName } from "#core/publication.ts";
import { FormDialog } from "../kit/form-dialog.tsx";
import { TextField } from "../kit/text-field.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { MadeKey } from "./api-key.ts";

type Props = { readonly onClose: () => void; readonly onMade: (made: MadeKey) => void };

/** The name of a program; what comes out is its key. */
export function NewKeyDialog({ onClose, onMade }: Props) {
  const t = useTranslations("settings.apiKeys");
  const failed = useTranslations("settings");
  const api = useTRPC();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [isTried, setTried] = useState(false);
  const make = useMutation(
    api.apiKeys.create.mutationOptions({
      onSuccess: async ({ key }, { name: made }) => {
        onMade({ name: made, key });
        await queries.invalidateQueries(api.apiKeys.list.queryFilter());
      },
    }),
  );
  const refusal = refusalOf(make.error);
  const isWrong = !apiKeyName.safeParse(name).success;
  const submit = () => {
    setTried(true);
    if (!isWrong) make.mutate({ name });
  };
  return (
    <FormDialog
      title={t("newDialog.title")}
      description={t("newDialog.lead")}
      submitLabel={t("newDialog.submit")}
      busy={make.isPending}
      error={refusal !== null && failed("failed", { message: refusal.message })}
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
        error={isTried && isWrong ? t("newDialog.nameWrong") : undefined}
      />
    </FormDialog>
  );
}
