"use client";

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button, type ButtonProps } from "./button.tsx";

type Props = Omit<ButtonProps, "children" | "square" | "hint" | "aria-label"> & {
  icon: LucideIcon;
  /** What it does: its accessible name and its tooltip. */
  label: string;
  /** Beside the label in the tooltip, e.g. a key. */
  hint?: ReactNode;
};

/** A button of one icon; it is always named. */
export function IconButton({ icon: Icon, label, hint, variant = "ghost", ...rest }: Props) {
  const tooltip = (
    <span className="flex items-center gap-2">
      {label}
      {hint}
    </span>
  );
  return (
    <Button {...rest} variant={variant} square aria-label={label} hint={tooltip}>
      <Icon aria-hidden />
    </Button>
  );
}
