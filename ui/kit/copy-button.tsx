"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import type { ButtonProps } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";
import { notify } from "./toast.tsx";

type Props = {
  /** Exactly what lands on the clipboard; a function is asked on the click. */
  text: string | (() => string);
  /** What is copied: "Copy id". */
  label?: string;
  size?: ButtonProps["size"];
  className?: string;
};

/** Copies, and shows for a moment that it did. */
export function CopyButton({ text, label, size = "sm", className }: Props) {
  const t = useTranslations("kit");
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setCopied(true);
    } catch {
      notify.failed(t("copyFailed"), { description: t("copyFailedHint") });
    }
  };
  return (
    <IconButton
      icon={copied ? Check : Copy}
      label={copied ? t("copied") : (label ?? t("copy"))}
      size={size}
      onClick={copy}
      {...(className ? { className } : {})}
    />
  );
}
