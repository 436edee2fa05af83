"use client";

import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { SearchField } from "./text-field.tsx";

const PAUSE_MS = 250;

type Props = {
  label: string;
  /** What the list is filtered by now, e.g. from the address. */
  value: string;
  /** Called when typing pauses. */
  onChange: (value: string) => void;
  className?: string;
};

/** A text filter that waits for a pause in typing, and follows when the filter is changed elsewhere. */
export function SearchBox({ label, value, onChange, className }: Props) {
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
  return (
    <SearchField
      icon={Search}
      label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      {...(className ? { className } : {})}
    />
  );
}
