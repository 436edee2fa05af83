"use client";

import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";

type Props<V extends string> = {
  /** Names the choice for screen readers. */
  label: string;
  value: V;
  onChange: (value: V) => void;
  options: readonly { readonly value: V; readonly label: ReactNode }[];
};

/** One of two or three, all of them in sight. */
export function Segmented<V extends string>({ label, value, onChange, options }: Props<V>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(chosen) => chosen !== "" && onChange(chosen as V)}
      className="inline-flex h-7 rounded border border-line-strong bg-surface p-px"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className="rounded-[3px] px-2 text-muted hover:text-ink data-[state=on]:bg-hover data-[state=on]:font-medium data-[state=on]:text-ink"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
