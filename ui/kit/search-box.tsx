"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { Kbd } from "./kbd.tsx";
import { useShortcuts } from "./shortcuts.tsx";
import { SearchField } from "./text-field.tsx";

const PAUSE_MS = 250;

type Props = {
  label: string;
  /** What the list is filtered by now, e.g. from the address. */
  value: string;
  /** Called when typing pauses. */
  onChange: (value: string) => void;
  /** Shown while empty; the label when absent. */
  placeholder?: string;
  /** The key that brings the cursor here, shown at its end. */
  focusKey?: string;
  className?: string;
};

/** A text filter that waits for a pause in typing, and follows when the filter is changed elsewhere. */
export function SearchBox({ label, value, onChange, placeholder, focusKey, className }: Props) {
  const t = useTranslations("kit");
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const [applied, setApplied] = useState(value);
  if (value !== applied) {
    setApplied(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => onChange(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  useShortcuts(t("list"), focusKey === undefined ? [] : [{ keys: focusKey, label, run: () => input.current?.focus() }]);
  return (
    <SearchField
      ref={input}
      icon={Search}
      label={label}
      placeholder={placeholder ?? label}
      {...(focusKey !== undefined && typed === "" ? { after: <Kbd keys={focusKey} /> } : {})}
      onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      {...(className ? { className } : {})}
    />
  );
}
