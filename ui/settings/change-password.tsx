"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { PASSWORD_MIN, password } from "#core/people.ts";
import { PasswordField } from "../auth/password-field.tsx";
import { useReady } from "../auth/use-ready.ts";
import { Button } from "../kit/button.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Panel } from "../kit/page.tsx";
import { notify } from "../kit/toast.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";

type Errors = { readonly current?: string; readonly next?: string };

/** One's own password. `email` is for the browser's password manager, which must know whose it is. */
export function ChangePassword({ email }: { readonly email: string }) {
  const t = useTranslations("settings");
  const words = useTranslations("auth");
  const isReady = useReady();
  const [errors, setErrors] = useState<Errors>({});
  // a new key empties the fields
  const [round, setRound] = useState(0);
  const change = useMutation(
    useTRPC().people.changePassword.mutationOptions({
      onSuccess: () => {
        setRound((before) => before + 1);
        notify.done(t("account.changed"), { description: t("account.changedHint") });
      },
    }),
  );
  const refusal = refusalOf(change.error);
  const isWrong = refusal?.field === "current";
  const currentError = errors.current ?? (isWrong ? t("account.wrongCurrent") : undefined);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (change.isPending) return;
    const form = new FormData(event.currentTarget);
    const [current, next] = [String(form.get("current") ?? ""), String(form.get("next") ?? "")];
    const found: Errors = {
      ...(current === "" ? { current: words("fields.required") } : {}),
      ...(password.safeParse(next).success ? {} : { next: words("passwordField.short", { min: PASSWORD_MIN, count: next.length }) }),
    };
    setErrors(found);
    change.reset();
    if (Object.keys(found).length === 0) change.mutate({ current, next });
  };

  return (
    <Panel title={t("account.password")}>
      <form key={round} method="post" onSubmit={submit} noValidate className="grid max-w-90 gap-4">
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        {refusal !== null && !isWrong && (
          <ErrorLine>{refusal.code === "too_many" ? t("account.tooMany") : t("failed", { message: refusal.message })}</ErrorLine>
        )}
        <PasswordField label={t("account.current")} name="current" autoComplete="current-password" error={currentError} />
        <PasswordField
          label={words("passwordField.new")}
          name="next"
          autoComplete="new-password"
          help={`${words("passwordField.help", { min: PASSWORD_MIN })} ${t("account.passwordLead")}`}
          error={errors.next}
        />
        <div>
          <Button type={isReady ? "submit" : "button"} variant="primary" busy={change.isPending}>
            {t("account.change")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
