"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};
const isMac = () => /Mac|iPhone|iPad/.test(navigator.userAgent);

const WORDS: Record<string, string> = {
  Escape: "Esc",
  Enter: "↵",
  ArrowUp: "↑",
  ArrowDown: "↓",
  shift: "⇧",
  " ": "Space",
};

/** A key or chord as printed on this keyboard: `mod+k` is ⌘K on a Mac, Ctrl K elsewhere; `g d` is two keys in turn. */
export function Kbd({ keys }: { keys: string }) {
  const mac = useSyncExternalStore(never, isMac, () => false);
  const chord = keys.includes("+");
  const parts = keys.split(chord ? "+" : /(?<=.) (?=.)/);
  return (
    <span className="inline-flex gap-0.5 align-middle">
      {parts.map((part, at) => (
        <kbd
          key={`${part}${at}`}
          className="inline-grid h-4 min-w-4 place-items-center rounded border border-current/30 px-1 font-sans text-[0.6875rem] leading-none"
        >
          {part === "mod" ? (mac ? "⌘" : "Ctrl") : (WORDS[part] ?? (chord ? part.toUpperCase() : part))}
        </kbd>
      ))}
    </span>
  );
}
