"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { IconButton } from "./icon-button.tsx";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
};

/** A panel from the right over the page, for details that are left again soon. */
export function Drawer({ open, onOpenChange, title, actions, children }: Props) {
  const t = useTranslations("kit");
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[oklch(0_0_0/0.4)]" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // The cross would get it, and its tooltip would swallow the first Escape.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          className="fixed inset-y-0 right-0 z-40 flex w-[min(40rem,100vw)] flex-col border-l border-line-strong bg-canvas outline-none"
        >
          <header className="flex min-h-12 items-center gap-2 border-b px-4">
            <Radix.Title className="min-w-0 flex-1 truncate text-lg font-semibold">{title}</Radix.Title>
            {actions}
            <Radix.Close asChild>
              <IconButton icon={X} label={t("close")} />
            </Radix.Close>
          </header>
          <div className="scroll-thin min-h-0 flex-1 overflow-auto">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
