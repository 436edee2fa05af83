"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { FormField } from "../kit/form-field.tsx";
import { Input } from "../kit/text-field.tsx";

type Props = {
  readonly label: ReactNode;
  readonly name: string;
  readonly autoComplete: "current-password" | "new-password";
  readonly help?: ReactNode;
  readonly error?: ReactNode;
  readonly required?: boolean;
};

/** A password, hidden until its eye is pressed. Password managers and pasting are welcome. */
export function PasswordField({ label, name, autoComplete, help, error, required = true }: Props) {
  const t = useTranslations("auth.passwordField");
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <FormField label={label} help={help} error={error} required={required}>
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            name={name}
            type={shown ? "text" : "password"}
            autoComplete={autoComplete}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={1024}
            className="h-9 pr-9"
          />
          <button
            type="button"
            aria-label={shown ? t("hide") : t("show")}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-0 right-0 grid w-9 place-items-center rounded text-faint hover:text-ink"
          >
            <Icon aria-hidden className="size-4" />
          </button>
        </div>
      )}
    </FormField>
  );
}
