"use client";

import { useTranslations } from "use-intl";
import { PASSWORD_MIN } from "#core/people.ts";
import { TextField } from "../kit/text-field.tsx";
import { AuthFrame } from "./auth-frame.tsx";
import { MissingToken } from "./missing-token.tsx";
import { Notice } from "./notice.tsx";
import { PasswordField } from "./password-field.tsx";
import { postAuth } from "./post-auth.ts";
import { SubmitButton } from "./submit-button.tsx";
import { useAuthForm } from "./use-auth-form.ts";
import { useFragment } from "./use-fragment.ts";

/** The first account, with the token that stands behind # in the address; then straight into the console. */
export function SetupForm() {
  const t = useTranslations("auth");
  const token = useFragment();
  const { busy, errors, problem, form } = useAuthForm({
    check: ["name", "email", "newPassword"],
    send: async ({ name, email, newPassword }) => {
      const made = await postAuth("setup", { token, name, email, password: newPassword });
      return made.ok ? postAuth("sign-in", { email, password: newPassword }) : made;
    },
    explain: ({ code }) => (code === "not_found" ? t("setup.notValid") : null),
    done: () => window.location.assign("/"),
  });
  return (
    <AuthFrame title={t("setup.title")} lead={t("setup.lead")}>
      {token === "" ? (
        <MissingToken title={t("setup.missingTitle")}>{t("setup.missing")}</MissingToken>
      ) : (
        <form {...form} className="grid gap-4">
          {problem !== null && <Notice>{problem}</Notice>}
          <TextField label={t("setup.name")} name="name" autoComplete="name" maxLength={80} required error={errors["name"]} className="h-9" />
          <TextField
            label={t("signIn.email")}
            name="email"
            type="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            error={errors["email"]}
            className="h-9"
          />
          <PasswordField
            label={t("passwordField.label")}
            name="newPassword"
            autoComplete="new-password"
            help={t("passwordField.help", { min: PASSWORD_MIN })}
            error={errors["newPassword"]}
          />
          <SubmitButton busy={busy}>{t("setup.submit")}</SubmitButton>
        </form>
      )}
    </AuthFrame>
  );
}
