"use client";

import { createContext, type ReactNode, use, useEffect, useRef, useState } from "react";
import { matchKeys } from "./match-keys.ts";

export type Shortcut = {
  /** `j`, `?`, `Escape`, `shift+x`, `mod+k` (Ctrl or Cmd), or `g d`: two keys in turn. Letters as typed. */
  keys: string;
  /** What it does, for the help dialog. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** False: not listed and not run. */
  enabled?: boolean;
  /** Also while a dialog is open or while typing; for chords with mod only. */
  everywhere?: boolean;
};

export type ShortcutGroup = { group: string; shortcuts: readonly Shortcut[] };

type Registry = { add: (entry: () => ShortcutGroup) => () => void; list: () => ShortcutGroup[] };

const Registered = createContext<Registry | null>(null);
const SEQUENCE_MS = 900;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select, .cm-editor") !== null);

/** Enter and Space belong to a control that has the focus. */
const isForControl = (event: KeyboardEvent): boolean =>
  (event.key === "Enter" || event.key === " ") &&
  event.target instanceof Element &&
  event.target.closest("a, button, summary, [role=button], [role=tab], [role=separator]") !== null;

const isOverlayOpen = (): boolean =>
  document.querySelector("[role=dialog][data-state=open], [role=alertdialog], [role=menu], [role=listbox]") !== null;

/** Listens once for the whole app; the shortcut registered last wins. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const entries = useRef<(() => ShortcutGroup)[]>([]);
  const [registry] = useState<Registry>(() => ({
    add: (entry) => {
      entries.current = [...entries.current, entry];
      return () => {
        entries.current = entries.current.filter((other) => other !== entry);
      };
    },
    list: () => entries.current.map((entry) => entry()),
  }));
  useEffect(() => {
    let before: { key: string; at: number } | null = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.key === "Shift" || isForControl(event)) return;
      const quiet = isTyping(event.target) || isOverlayOpen();
      const prefix = before && event.timeStamp - before.at < SEQUENCE_MS ? before.key : null;
      before = quiet ? null : { key: event.key, at: event.timeStamp };
      const able = registry
        .list()
        .toReversed()
        .flatMap(({ shortcuts }) => shortcuts)
        .filter((shortcut) => shortcut.enabled !== false && (!quiet || shortcut.everywhere === true));
      // After the first key of a sequence its second key means nothing else: `g d` must never run `d`.
      const begun = able.filter((shortcut) => prefix !== null && shortcut.keys.startsWith(`${prefix} `));
      const hit = (begun.length > 0 ? begun : able).find((shortcut) => matchKeys(shortcut.keys, event, prefix));
      if (!hit) return;
      event.preventDefault();
      before = null;
      hit.run(event);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [registry]);
  return <Registered value={registry}>{children}</Registered>;
}

function useRegistry(): Registry {
  const registry = use(Registered);
  if (!registry) throw new Error("shortcuts need a ShortcutsProvider above them");
  return registry;
}

/**
 * Registers keys while the component is mounted. They never fire while someone types or a dialog is open, and the
 * `?` dialog lists them under `group`.
 */
export function useShortcuts(group: string, shortcuts: readonly Shortcut[]): void {
  const registry = useRegistry();
  const latest = useRef<ShortcutGroup>({ group, shortcuts });
  useEffect(() => {
    latest.current = { group, shortcuts };
  });
  useEffect(() => registry.add(() => latest.current), [registry]);
}

/** Reads what is registered now, to list it. */
export const useShortcutList = (): (() => ShortcutGroup[]) => useRegistry().list;
