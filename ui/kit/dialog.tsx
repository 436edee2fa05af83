"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { cx } from "./cx.ts";
import { IconButton } from "./icon-button.tsx";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** One or two sentences below the title. */
  description?: ReactNode;
  /** Buttons, the safe one first. */
  footer?: ReactNode;
  width?: "sm" | "md" | "lg" | "full";
  children?: ReactNode;
};

const widths = { sm: "max-w-md", md: "max-w-xl", lg: "max-w-4xl", full: "max-w-[min(90rem,calc(100vw-3rem))]" };

/** The first field, else the safe button: never the cross, whose tooltip would open and swallow the first Escape. */
function focusFirst(event: Event): void {
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  event.preventDefault();
  const first =
    dialog.querySelector<HTMLElement>("input, textarea, select, .cm-content") ??
    dialog.querySelector<HTMLElement>("footer button");
  (first ?? dialog).focus();
}

/** A question or a form over the page. Focus stays inside and returns; Escape closes. */
export function Dialog({ open, onOpenChange, title, description, footer, width = "sm", children }: Props) {
  const t = useTranslations("kit");
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[oklch(0_0_0/0.4)]" />
        <Radix.Content
          onOpenAutoFocus={focusFirst}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          className={cx(
            "fixed top-[12vh] left-1/2 z-40 flex max-h-[80vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded bg-raised shadow-pop outline-none",
            (width === "lg" || width === "full") && "top-[6vh] max-h-[88vh]",
            widths[width],
          )}
        >
          <header className="flex items-start gap-3 border-b px-4 py-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg leading-6 font-semibold break-words">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-0.5 text-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton icon={X} label={t("close")} size="sm" />
            </Radix.Close>
          </header>
          {children !== undefined && (
            <div className="scroll-thin min-h-0 flex-1 overflow-auto px-4 py-3">{children}</div>
          )}
          {footer && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
