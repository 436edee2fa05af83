"use client";

import { MergeView } from "@codemirror/merge";
import { useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { useNonce } from "../nonce.tsx";
import type { DiffProps } from "./code-editor.tsx";
import { editorSetup } from "./editor-setup.ts";

/** The two editors side by side; loaded only where a diff is shown. */
export function DiffMount({ before, after, language = "text", beforeLabel, afterLabel }: DiffProps) {
  const host = useRef<HTMLDivElement>(null);
  const t = useTranslations("kit");
  const unchanged = t.raw("unchangedLines");
  const nonce = useNonce();
  useEffect(() => {
    if (!host.current) return;
    const side = (doc: string, label: string) => ({
      doc,
      extensions: editorSetup({ language, readOnly: true, label, nonce, phrases: { "$ unchanged lines": unchanged } }),
    });
    const made = new MergeView({
      a: side(before, beforeLabel),
      b: side(after, afterLabel),
      parent: host.current,
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    });
    return () => made.destroy();
  }, [before, after, language, beforeLabel, afterLabel, nonce, unchanged]);
  return <div ref={host} className="scroll-thin h-full min-h-0 overflow-auto" />;
}
