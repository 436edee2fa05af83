"use client";

import { useTranslations } from "use-intl";
import { TextField } from "../kit/text-field.tsx";
import { AuthFrame } from "./auth-frame.tsx";
import { Notice } from "./notice.tsx";
import { PasswordField } from "./password-field.tsx";
import { postAuth } from "./post-auth.ts";
import { SubmitButton } from "./submit-button.tsx";
import { useAuthForm } from "./use-auth-form.ts";

/** Why the visitor is here, when it was not their own wish. */
type SignInReason = "ended" | "password-set" | null;

type Props = { readonly next: string; readonly reason: SignInReason };

/** E-mail and password; then on to `next`, a path of this console. */
export function SignInForm({ next, reason }: Props) {
  const t = useTranslations("auth.signIn");
  const { busy, errors, problem, form } = useAuthForm({
    check: ["email", "password"],
    send: ({ email, password }) => postAuth("sign-in", { email, password }),
    explain: ({ code, retryAfterSeconds }) => {
      if (code === "unauthenticated") return t("wrong");
      return code === "too_many" ? t("tooMany", { minutes: Math.max(1, Math.ceil(retryAfterSeconds / 60)) }) : null;
    },
    // a whole new page: nothing of whoever was here before stays in memory
    done: () => window.location.assign(next),
  });
  return (
    <AuthFrame title={t("title")} lead={t("lead")} foot={t("noAccount")}>
      <form {...form} className="grid gap-4">
        {problem !== null && <Notice>{problem}</Notice>}
        {problem === null && reason === "ended" && <Notice look="plain">{t("ended")}</Notice>}
        {problem === null && reason === "password-set" && <Notice look="good">{t("passwordSet")}</Notice>}
        <TextField
          label={t("email")}
          name="email"
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          error={errors["email"]}
          className="h-9"
        />
        <PasswordField label={t("password")} name="password" autoComplete="current-password" required={false} error={errors["password"]} />
        <SubmitButton busy={busy}>{t("submit")}</SubmitButton>
      </form>
    </AuthFrame>
  );
}
