"use client";

import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { type ControlProps, FormField } from "./form-field.tsx";

export type Option<V extends string> = { value: V; label: ReactNode; hint?: ReactNode };

type Props<V extends string> = {
  value: V | undefined;
  onChange: (value: V) => void;
  options: readonly Option<V>[];
  placeholder?: string;
  "aria-label"?: string;
  className?: string;
} & Partial<ControlProps>;

/** One of a few. Needs an `aria-label` or a field around it; values are never empty strings. */
export function Select<V extends string>({ value, onChange, options, placeholder, className, ...control }: Props<V>) {
  return (
    <Radix.Root value={value ?? ""} onValueChange={(chosen) => onChange(chosen as V)}>
      <Radix.Trigger
        {...control}
        className={cx(
          "inline-flex h-7 min-w-0 items-center justify-between gap-2 rounded border border-line-strong bg-surface px-2 hover:bg-hover aria-invalid:border-red data-[placeholder]:text-faint",
          className,
        )}
      >
        <span className="truncate">
          {/* Its own words, because Radix knows them only after the list was drawn once in the browser. */}
          <Radix.Value placeholder={placeholder}>{options.find((option) => option.value === value)?.label}</Radix.Value>
        </span>
        <Radix.Icon>
          <ChevronDown aria-hidden className="size-3.5 text-muted" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded bg-raised shadow-pop"
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="relative flex min-h-7 items-center gap-4 rounded pr-3 pl-7 outline-none data-[highlighted]:bg-hover"
              >
                <Radix.ItemIndicator className="absolute left-2">
                  <Check aria-hidden className="size-3.5 text-accent-text" />
                </Radix.ItemIndicator>
                <Radix.ItemText>{option.label}</Radix.ItemText>
                {option.hint && <span className="ml-auto text-sm text-muted">{option.hint}</span>}
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type FieldProps<V extends string> = Omit<Props<V>, keyof ControlProps | "aria-label"> & {
  label: ReactNode;
  help?: ReactNode;
  error?: ReactNode;
  required?: boolean;
};

/** Select with its label, help and error, for forms. */
export function SelectField<V extends string>({ label, help, error, required, ...rest }: FieldProps<V>) {
  return (
    <FormField label={label} help={help} error={error} required={required ?? false}>
      {(control) => <Select<V> {...rest} {...control} className="w-full" />}
    </FormField>
  );
}
