"use client";

import { Check, type LucideIcon } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { Kbd } from "./kbd.tsx";

type MenuItem =
  | {
      kind?: "item";
      label: ReactNode;
      icon?: LucideIcon;
      /** Shown at the end; registering it is the caller's. */
      keys?: string;
      danger?: boolean;
      /** Why it can not be chosen now; shown below the label. */
      disabledReason?: string | null;
      onSelect: () => void;
    }
  | {
      kind: "choice";
      name: string;
      value: string;
      options: readonly { value: string; label: ReactNode }[];
      onChange: (value: string) => void;
    }
  | { kind: "heading"; label: ReactNode }
  | { kind: "separator" };

type Props = {
  /** One button. */
  trigger: ReactNode;
  items: readonly MenuItem[];
  align?: "start" | "end";
  side?: "top" | "right" | "bottom" | "left";
};

const ITEM =
  "flex min-h-7 items-center gap-2 rounded px-2 outline-none select-none data-[highlighted]:bg-hover [&_svg]:size-3.5 [&_svg]:shrink-0";

/** Actions, or a choice among a few, behind one button. */
export function Menu({ trigger, items, align = "end", side = "bottom" }: Props) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-w-80 min-w-44 rounded bg-raised p-1 shadow-pop"
        >
          {items.map((item, at) => (
            <Entry key={at} item={item} />
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Entry({ item }: { item: MenuItem }) {
  if (item.kind === "separator") return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
  if (item.kind === "heading") {
    return <Radix.Label className="px-2 py-1 text-sm text-muted">{item.label}</Radix.Label>;
  }
  if (item.kind === "choice") {
    return (
      <Radix.RadioGroup value={item.value} onValueChange={item.onChange} aria-label={item.name}>
        {item.options.map(({ value, label }) => (
          <Radix.RadioItem key={value} value={value} className={cx(ITEM, "relative pl-7")}>
            <Radix.ItemIndicator className="absolute left-2">
              <Check aria-hidden className="text-accent-text" />
            </Radix.ItemIndicator>
            {label}
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    );
  }
  const off = Boolean(item.disabledReason);
  return (
    <Radix.Item
      aria-disabled={off || undefined}
      // Not `disabled`: it stays reachable, so that its reason can be read.
      onSelect={(event) => (off ? event.preventDefault() : item.onSelect())}
      className={cx(ITEM, item.danger && !off && "text-red", off && "cursor-not-allowed text-faint")}
    >
      {item.icon && <item.icon aria-hidden className={cx(!item.danger && "text-muted")} />}
      <span className="min-w-0 flex-1 py-1">
        {item.label}
        {off && <span className="block text-sm whitespace-normal">{item.disabledReason}</span>}
      </span>
      {item.keys && (
        <span className="flex text-muted">
          <Kbd keys={item.keys} />
        </span>
      )}
    </Radix.Item>
  );
}
