"use client";

import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";
import { useTranslations } from "use-intl";
import { usePreference } from "./preferences.tsx";

type Props = {
  /** Under this name the width is remembered. */
  name: string;
  /** What the second pane holds, for the separator's name. */
  label: string;
  children: ReactNode;
  /** The second pane; null: the first has all the room. */
  pane: ReactNode | null;
};

const MIN = 25;
const MAX = 75;
const STEP = 3;
const clamp = (percent: number) => Math.min(MAX, Math.max(MIN, Math.round(percent)));

/** A list and, beside it, the thing that is open. The border between them moves by mouse, touch and arrow keys. */
export function SplitPane({ name, label, children, pane }: Props) {
  const t = useTranslations("kit");
  const [size, setSize] = usePreference(`split.${name}`, 50);
  const root = useRef<HTMLDivElement>(null);
  const width = clamp(size);

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !root.current) return;
    const box = root.current.getBoundingClientRect();
    setSize(clamp(((box.right - event.clientX) / box.width) * 100));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowLeft: width + STEP, ArrowRight: width - STEP, Home: MAX, End: MIN };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setSize(clamp(next));
  };
  if (pane === null) return <div className="flex min-h-0 min-w-0 flex-1 flex-col">{children}</div>;
  return (
    <div ref={root} className="flex min-h-0 min-w-0 flex-1">
      <div className="hidden min-h-0 min-w-0 flex-1 flex-col md:flex">{children}</div>
      {/* A focusable separator is a widget (ARIA window splitter). */}
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={t("resize", { pane: label })}
        aria-valuemin={MIN}
        aria-valuemax={MAX}
        aria-valuenow={width}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onDoubleClick={() => setSize(50)}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={drag}
        className="relative hidden w-px shrink-0 cursor-col-resize touch-none bg-line after:absolute after:inset-y-0 after:-left-1 after:w-2.25 hover:bg-accent-text focus-visible:bg-accent-text md:block"
      />
      {/* On a narrow screen the pane covers the list: one column at a time. */}
      <div className="min-h-0 w-full min-w-0 overflow-hidden md:w-(--pane)" style={{ "--pane": `${width}%` }}>
        {pane}
      </div>
    </div>
  );
}
