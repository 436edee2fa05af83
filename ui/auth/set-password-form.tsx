"use client";

import { useTranslations } from "use-intl";
import { PASSWORD_MIN } from "#core/people.ts";
import { AuthFrame } from "./auth-frame.tsx";
import { MissingToken } from "./missing-token.tsx";
import { Notice } from "./notice.tsx";
import { PasswordField } from "./password-field.tsx";
import { postAuth } from "./post-auth.ts";
import { SubmitButton } from "./submit-button.tsx";
import { useAuthForm } from "./use-auth-form.ts";
import { useFragment } from "./use-fragment.ts";

/** A password by one-time link, whose token stands behind # in the address. */
export function SetPasswordForm() {
  const t = useTranslations("auth");
  const token = useFragment();
  const { busy, errors, problem, form } = useAuthForm({
    check: ["newPassword"],
    send: ({ newPassword }) => postAuth("set-password", { token, password: newPassword }),
    explain: ({ code }) => (code === "not_found" ? t("setPassword.notValid") : null),
    done: () => window.location.assign("/sign-in?reason=password-set"),
  });
  return (
    <AuthFrame title={t("setPassword.title")} lead={t("setPassword.lead")}>
      {token === "" ? (
        <MissingToken title={t("setPassword.missingTitle")}>{t("setPassword.missing")}</MissingToken>
      ) : (
        <form {...form} className="grid gap-4">
          {problem !== null && <Notice>{problem}</Notice>}
          <PasswordField
            label={t("passwordField.new")}
            name="newPassword"
            autoComplete="new-password"
            help={t("passwordField.help", { min: PASSWORD_MIN })}
            error={errors["newPassword"]}
          />
          <SubmitButton busy={busy}>{t("setPassword.submit")}</SubmitButton>
        </form>
      )}
    </AuthFrame>
  );
}
