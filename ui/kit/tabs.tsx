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
    <Radix.Root
      value={value}
      onValueChange={(chosen) => onChange(chosen as V)}
      className="flex min-h-0 min-w-0 flex-1 flex-col"
    >
      <div className="flex items-center gap-2 border-b px-4">
        <Radix.List
          aria-label={label}
          className="scroll-thin -mx-2 flex min-w-0 flex-1 overflow-x-auto overflow-y-hidden"
        >
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.value}
              value={tab.value}
              className="relative flex h-9 items-center gap-1.5 px-2 font-medium whitespace-nowrap text-muted -outline-offset-4 after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 hover:text-ink data-[state=active]:text-ink data-[state=active]:after:bg-accent-text"
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
