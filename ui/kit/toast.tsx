"use client";

import { CircleAlert, CircleCheck, Info } from "lucide-react";
import { useTheme } from "next-themes";
import { Toaster as Sonner, toast } from "sonner";
import { useTranslations } from "use-intl";

type Options = {
  description?: string;
  action?: { label: string; onClick: () => void };
  /** A second notice with the same id replaces the first. */
  id?: string;
  /** How long it stays, ms; longer where it offers a way back. */
  duration?: number;
};

/** A passing notice of what happened. Errors that need an answer belong beside what failed, not here. */
export const notify = {
  done: (title: string, options?: Options) => toast.success(title, options),
  failed: (title: string, options?: Options) => toast.error(title, { duration: 10_000, ...options }),
  info: (title: string, options?: Options) => toast(title, options),
};

/** Once, in the root layout. */
export function Toaster() {
  const t = useTranslations("kit");
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      containerAriaLabel={t("notices")}
      icons={{
        success: <CircleCheck aria-hidden className="size-4 text-green" />,
        error: <CircleAlert aria-hidden className="size-4 text-red" />,
        info: <Info aria-hidden className="size-4 text-blue" />,
      }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: "flex w-88 items-start gap-2.5 rounded bg-raised p-3 font-sans text-base text-ink shadow-pop",
          content: "min-w-0 flex-1",
          title: "font-medium break-words",
          description: "mt-0.5 break-words text-muted",
          icon: "mt-0.5",
          actionButton: "h-6 shrink-0 rounded border border-line-strong px-2 text-sm font-medium hover:bg-hover",
        },
      }}
    />
  );
}
