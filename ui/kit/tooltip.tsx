"use client";

import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

type Props = {
  content: ReactNode;
  side?: "top" | "right" | "bottom" | "left";
  /** One element that takes a ref and can be focused. */
  children: ReactNode;
};

/** A short explanation on hover and on focus. Nothing that only a tooltip says may be needed to act. */
export function Tooltip({ content, side = "top", children }: Props) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-80 rounded bg-inverse px-2 py-1 text-sm break-words text-inverse-ink"
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Once, around the whole app. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={350} skipDelayDuration={200}>
      {children}
    </Radix.Provider>
  );
}
