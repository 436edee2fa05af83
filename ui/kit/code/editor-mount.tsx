"use client";

import { EditorView } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";
import { useNonce } from "../nonce.tsx";
import type { EditorProps } from "./code-editor.tsx";
import { editorSetup } from "./editor-setup.ts";

/** The editor proper; loaded only where one is shown. */
export function EditorMount({ value, onChange, language = "text", readOnly = false, label }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const nonce = useNonce();
  const changed = useEffectEvent((text: string) => onChange?.(text));
  const first = useEffectEvent(() => value);

  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      doc: first(),
      parent: host.current,
      extensions: editorSetup({ language, readOnly, label, nonce, onChange: (text) => changed(text) }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [language, readOnly, label, nonce]);

  useEffect(() => {
    const current = view.current?.state.doc.toString();
    if (current === undefined || current === value) return;
    view.current?.dispatch({ changes: { from: 0, to: current.length, insert: value } });
  }, [value]);

  return <div ref={host} className="h-full min-h-0 [&>.cm-editor]:h-full" />;
}
