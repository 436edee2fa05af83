"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { type Environment, environment } from "#core/environment.ts";
import { Button } from "../kit/button.tsx";
import { CheckboxField } from "../kit/checkbox.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Panel } from "../kit/page.tsx";
import { TextField } from "../kit/text-field.tsx";
import { notify } from "../kit/toast.tsx";
import { EnvironmentChip } from "../shell/environment-chip.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { SettingsPage } from "./settings-frame.tsx";
import { ToneChoice } from "./tone-choice.tsx";

/** Name and colour of this installation; a preview shows the sign before anybody else sees it. */
export function EnvironmentPage({ stored }: { readonly stored: Environment }) {
  const t = useTranslations("settings.environment");
  const router = useRouter();
  const [draft, setDraft] = useState<Environment>(stored);
  const [isTried, setTried] = useState(false);
  const save = useMutation(
    useTRPC().environment.change.mutationOptions({
      onSuccess: () => {
        notify.done(t("saved"));
        router.refresh();
      },
    }),
  );
  const isNameWrong = !environment.shape.name.safeParse(draft.name).success;
  const refusal = refusalOf(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isNameWrong && !save.isPending) save.mutate(draft);
  };
  return (
    <SettingsPage lead={t("lead")}>
      <Panel>
        <form onSubmit={submit} noValidate className="grid max-w-90 gap-4">
          {refusal !== null && <ErrorLine>{refusal.message}</ErrorLine>}
          <TextField
            label={t("name")}
            help={t("nameHelp")}
            value={draft.name}
            maxLength={40}
            required
            autoComplete="off"
            error={isTried && isNameWrong ? t("nameWrong") : undefined}
            onChange={(event) => setDraft({ ...draft, name: event.target.value })}
          />
          <ToneChoice value={draft.tone} onChange={(tone) => setDraft({ ...draft, tone })} />
          <CheckboxField
            label={t("production")}
            help={t("productionHelp")}
            checked={draft.production}
            onCheckedChange={(production) => setDraft({ ...draft, production })}
          />
          <div className="grid gap-1">
            <span className="font-medium">{t("preview")}</span>
            <div className="flex h-11 items-center rounded border bg-canvas px-3">
              <EnvironmentChip environment={draft} />
            </div>
          </div>
          <div>
            <Button type="submit" variant="primary" busy={save.isPending}>
              {t("save")}
            </Button>
          </div>
        </form>
      </Panel>
    </SettingsPage>
  );
}
