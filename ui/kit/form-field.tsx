"use client";

import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";

/** What to spread on the control inside a FormField. */
export type ControlProps = {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
  "aria-required": true | undefined;
};

type Props = {
  label: ReactNode;
  /** Said before anything goes wrong: format, unit, consequence. */
  help?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  /** Beside the label, right. */
  aside?: ReactNode;
  children: (control: ControlProps) => ReactNode;
};

/** Label, control, help and error, tied together for screen readers. */
export function FormField({ label, help, error, required = false, aside, children }: Props) {
  const id = useId();
  const described = [help ? `${id}-help` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className="grid min-w-0 gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="font-medium">
          {label}
          {required && (
            <span aria-hidden className="text-red">
              {" *"}
            </span>
          )}
        </label>
        {aside}
      </div>
      {children({
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": error ? true : undefined,
        "aria-required": required || undefined,
      })}
      {error && (
        <p id={`${id}-error`} className="flex items-start gap-1 text-sm text-red">
          <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          <span>{error}</span>
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="text-sm text-muted">
          {help}
        </p>
      )}
    </div>
  );
}
