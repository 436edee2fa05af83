"use client";

import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Num } from "./num.tsx";

export type Tab<V extends string> = { value: V; label: ReactNode; count?: number | undefined; content: ReactNode };

type Props<V extends string> = {
  /** Names the row of tabs. */
  label: string;
  value: V;
  onChange: (value: V) => void;
  tabs: readonly Tab<V>[];
  /** At the end of the row. */
  aside?: ReactNode;
};

/** Views of the same thing, one at a time; only the open one is drawn. Keep `value` in the address. */
export function Tabs<V extends string>({ label, value, onChange, tabs, aside }: Props<V>) {
  return (
    <Radix.Root value={value} onValueChange={(chosen) => onChange(chosen as V)} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex items-center gap-2 border-b px-3">
        <Radix.List aria-label={label} className="scroll-thin flex min-w-0 flex-1 gap-4 overflow-x-auto">
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.value}
              value={tab.value}
              className="-mb-px flex h-9 items-center gap-1.5 border-b-2 border-transparent font-medium whitespace-nowrap text-muted -outline-offset-2 hover:text-ink data-[state=active]:border-accent-text data-[state=active]:text-ink"
            >
              {tab.label}
              {tab.count !== undefined && (
                <span className="rounded bg-grey-soft px-1 text-xs text-grey">
                  <Num value={tab.count} />
                </span>
              )}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {aside}
      </div>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="min-h-0 flex-1 -outline-offset-2">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
