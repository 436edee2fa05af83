"use client";

import { Command } from "cmdk";
import { type LucideIcon, Search } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { createContext, type ReactNode, use, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { Kbd } from "./kbd.tsx";
import { useShortcuts } from "./shortcuts.tsx";

export type PaletteCommand = {
  id: string;
  label: string;
  /** Heading it stands under. */
  group: string;
  icon?: LucideIcon;
  /** Further words it is found by. */
  keywords?: readonly string[];
  /** A key that does the same, shown only. */
  keys?: string;
  run: () => void;
};

type Palette = { add: (source: () => readonly PaletteCommand[]) => () => void; open: () => void };
const Opened = createContext<Palette | null>(null);

function usePalette(): Palette {
  const palette = use(Opened);
  if (!palette) throw new Error("commands need a PaletteProvider above them");
  return palette;
}

/** Offers commands in the palette while the component is mounted. */
export function useCommands(commands: readonly PaletteCommand[]): void {
  const { add } = usePalette();
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => add(() => latest.current), [add]);
}

/** Opens the palette, for a button. */
export const useOpenPalette = (): (() => void) => usePalette().open;

/** Once in the shell: Ctrl or Cmd K opens a search over every command that is offered right now. */
export function PaletteProvider({ children }: { children: ReactNode }) {
  const t = useTranslations("kit");
  const sources = useRef(new Set<() => readonly PaletteCommand[]>());
  const [shown, setShown] = useState<readonly PaletteCommand[] | null>(null);
  const [add] = useState(() => (source: () => readonly PaletteCommand[]) => {
    sources.current.add(source);
    return () => void sources.current.delete(source);
  });
  const open = () => setShown([...sources.current].flatMap((source) => source()));
  useShortcuts(t("general"), [
    { keys: "mod+k", label: t("palette"), everywhere: true, run: () => (shown ? setShown(null) : open()) },
  ]);
  return (
    <Opened value={{ add, open }}>
      {children}
      {shown && <OpenPalette commands={shown} onClose={() => setShown(null)} />}
    </Opened>
  );
}

function OpenPalette({ commands, onClose }: { commands: readonly PaletteCommand[]; onClose: () => void }) {
  const t = useTranslations("kit");
  const groups = Map.groupBy(commands, (command) => command.group);
  const choose = (command: PaletteCommand) => {
    onClose();
    command.run();
  };
  return (
    <Radix.Root open onOpenChange={onClose}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-[oklch(0_0_0/0.4)]" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[14vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded bg-raised shadow-pop outline-none"
        >
          <Radix.Title className="sr-only">{t("palette")}</Radix.Title>
          <Command label={t("palette")} loop>
            <div className="flex items-center gap-2 border-b px-3">
              <Search aria-hidden className="size-4 shrink-0 text-faint" />
              <Command.Input
                placeholder={t("paletteHint")}
                className="h-11 min-w-0 flex-1 bg-transparent text-lg outline-none"
              />
              <Kbd keys="Escape" />
            </div>
            <Command.List className="scroll-thin max-h-[50vh] overflow-auto p-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-sm [&_[cmdk-group-heading]]:text-muted">
              <Command.Empty className="px-3 py-8 text-center text-muted">{t("paletteEmpty")}</Command.Empty>
              {[...groups].map(([group, members]) => (
                <Command.Group key={group} heading={group}>
                  {members.map((command) => (
                    <Entry key={command.id} command={command} onChoose={choose} />
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Entry({ command, onChoose }: { command: PaletteCommand; onChoose: (command: PaletteCommand) => void }) {
  return (
    <Command.Item
      value={command.id}
      keywords={[command.label, ...(command.keywords ?? [])]}
      onSelect={() => onChoose(command)}
      className="flex h-8 items-center gap-2 rounded px-2 data-[selected=true]:bg-hover"
    >
      {command.icon && <command.icon aria-hidden className="size-4 text-muted" />}
      <span className="min-w-0 flex-1 truncate">{command.label}</span>
      {command.keys && (
        <span className="flex text-muted">
          <Kbd keys={command.keys} />
        </span>
      )}
    </Command.Item>
  );
}
