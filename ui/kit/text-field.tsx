"use client";

import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";
import { FormField } from "./form-field.tsx";

const BOX =
  "w-full rounded border border-line-strong bg-surface text-ink aria-invalid:border-red focus-visible:border-accent-text focus-visible:outline-1 focus-visible:outline-offset-0 read-only:bg-sunken";

type Around = { label: ReactNode; help?: ReactNode; error?: ReactNode; required?: boolean; aside?: ReactNode };

/** A bare one-line input; needs an `aria-label` or a FormField around it. */
export function Input({ className, mono = false, ...rest }: ComponentProps<"input"> & { mono?: boolean }) {
  return <input {...rest} className={cx(BOX, "h-7 px-2", mono && "font-mono text-sm", className)} />;
}

/** One line of text with its label. Other props go to the input. */
export function TextField({
  label,
  help,
  error,
  required,
  aside,
  ...rest
}: Around & Omit<ComponentProps<typeof Input>, "id">) {
  return (
    <FormField label={label} help={help} error={error} required={required ?? false} aside={aside}>
      {(control) => <Input {...rest} {...control} />}
    </FormField>
  );
}

/** Several lines of text with their label. Other props go to the textarea. */
export function TextArea({
  label,
  help,
  error,
  required,
  aside,
  mono = false,
  className,
  ...rest
}: Around & Omit<ComponentProps<"textarea">, "id"> & { mono?: boolean }) {
  return (
    <FormField label={label} help={help} error={error} required={required ?? false} aside={aside}>
      {(control) => (
        <textarea
          rows={3}
          {...rest}
          {...control}
          className={cx(BOX, "px-2 py-1", mono && "font-mono text-sm", className)}
        />
      )}
    </FormField>
  );
}

type SearchProps = Omit<ComponentProps<"input">, "type"> & { icon: LucideIcon; label: string; after?: ReactNode };

/** A one-line input with an icon before it and something after it, named by `label`, for filter bars. */
export function SearchField({ icon: Icon, label, after, className, ...rest }: SearchProps) {
  return (
    <div className={cx("relative", className)}>
      <Icon aria-hidden className="pointer-events-none absolute top-1.75 left-2 size-3.5 text-faint" />
      <Input {...rest} type="search" aria-label={label} className="pr-8 pl-7" />
      {after && <span className="absolute top-1.5 right-2 text-faint">{after}</span>}
    </div>
  );
}
