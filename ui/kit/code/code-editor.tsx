"use client";

import dynamic from "next/dynamic";
import { cx } from "../cx.ts";
import { Skeleton } from "../skeleton.tsx";
import type { EditorLanguage } from "./editor-setup.ts";

export type EditorProps = {
  value: string;
  onChange?: (text: string) => void;
  /** json: coloured, and faults are marked; the text is never rewritten. */
  language?: EditorLanguage;
  readOnly?: boolean;
  label: string;
  className?: string;
};

export type DiffProps = {
  before: string;
  after: string;
  language?: EditorLanguage;
  beforeLabel: string;
  afterLabel: string;
  className?: string;
};

const FRAME = "min-h-40 min-w-0 overflow-hidden rounded border border-line-strong bg-sunken";

const Loading = () => (
  <span className="grid gap-2 p-3">
    {["w-1/3", "w-2/3", "w-1/2", "w-3/5"].map((width) => (
      <Skeleton key={width} className={width} />
    ))}
  </span>
);

const Editor = dynamic(() => import("./editor-mount.tsx").then((module) => module.EditorMount), {
  ssr: false,
  loading: Loading,
});
const Diff = dynamic(() => import("./diff-mount.tsx").then((module) => module.DiffMount), {
  ssr: false,
  loading: Loading,
});

/** A text editor with line numbers, search and undo. Give it a height by `className`. */
export function CodeEditor({ className, ...rest }: EditorProps) {
  return (
    <div className={cx(FRAME, "focus-within:border-accent-text", className)}>
      <Editor {...rest} />
    </div>
  );
}

/** Before and after side by side, unchanged stretches folded. Give it a height by `className`. */
export function DiffView({ className, ...rest }: DiffProps) {
  return (
    <div className={cx(FRAME, className)}>
      <div aria-hidden className="grid grid-cols-2 border-b text-sm text-muted">
        <span className="px-3 py-1">{rest.beforeLabel}</span>
        <span className="border-l px-3 py-1">{rest.afterLabel}</span>
      </div>
      <Diff {...rest} />
    </div>
  );
}
