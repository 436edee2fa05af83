"use client";

import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { PASSWORD_MIN, email, password, personName } from "#core/people.ts";
import type { AuthAnswer } from "./post-auth.ts";

export type FieldErrors = Readonly<Record<string, string>>;

type Send = (values: Readonly<Record<string, string>>) => Promise<AuthAnswer>;

type Options = {
  /** The fields that are checked before anything is sent; a password that is only compared is merely needed. */
  readonly check: readonly ("email" | "name" | "newPassword" | "password")[];
  readonly send: Send;
  /** Words for the answers this form knows; others get a general sentence. */
  readonly explain: (answer: Extract<AuthAnswer, { ok: false }>) => string | null;
  readonly done: () => void;
};

/** A form that is checked here, sent once, and says what came of it. The fields keep themselves. */
export function useAuthForm({ check, send, explain, done }: Options) {
  const t = useTranslations("auth");
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [problem, setProblem] = useState<string | null>(null);

  const wrong = (field: string, value: string): string | null => {
    if (field === "email") return email.safeParse(value).success ? null : t(value.trim() === "" ? "fields.required" : "fields.email");
    if (field === "name") return personName.safeParse(value).success ? null : t("fields.name");
    if (field === "newPassword")
      return password.safeParse(value).success ? null : t("passwordField.short", { min: PASSWORD_MIN, count: value.length });
    return value === "" ? t("fields.required") : null;
  };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : ""]));
    const found = Object.fromEntries(check.flatMap((field) => {
      const error = wrong(field, values[field] ?? "");
      return error === null ? [] : [[field, error]];
    }));
    setErrors(found);
    setProblem(null);
    const [first] = Object.keys(found);
    if (first !== undefined) return focus(form, first);
    setBusy(true);
    const answer = await send(values);
    if (answer.ok) return done();
    setBusy(false);
    setProblem(explain(answer) ?? t(answer.code === "foreign" ? "foreign" : "failed"));
  };

  // method: a form sent before our scripts run must not put what was typed into the address
  return { busy, errors, problem, form: { onSubmit: submit, method: "post", noValidate: true } as const };
}

function focus(form: HTMLFormElement, name: string): void {
  const control = form.elements.namedItem(name);
  if (control instanceof HTMLElement) control.focus();
}
