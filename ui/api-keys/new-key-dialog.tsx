"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { apiKeyName } from "#core/publication.ts";
import { Button } from "../kit/button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { TextField } from "../kit/text-field.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { MadeKey } from "./api-key.ts";

type Props = { readonly onClose: () => void; readonly onMade: (made: MadeKey) => void };

/** The name of a program; what comes out is its key. */
export function NewKeyDialog({ onClose, onMade }: Props) {
  const t = useTranslations("settings.apiKeys");
  const kit = useTranslations("kit");
  const failed = useTranslations("settings");
  const form = useId();
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isWrong && !make.isPending) make.mutate({ name });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("newDialog.title")}
      description={t("newDialog.lead")}
      footer={
        <>
          <Button onClick={onClose}>{kit("cancel")}</Button>
          <Button type="submit" form={form} variant="primary" busy={make.isPending}>
            {t("newDialog.submit")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate className="grid gap-4">
        {refusal !== null && <ErrorLine>{failed("failed", { message: refusal.message })}</ErrorLine>}
        <TextField
          label={t("name")}
          required
          autoComplete="off"
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={isTried && isWrong ? t("newDialog.nameWrong") : undefined}
        />
      </form>
    </Dialog>
  );
}
