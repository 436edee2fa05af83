"use client";

import type { ReactNode } from "react";
import { describe } from "#core/message/payload.ts";
import { CodeView } from "../kit/code/code-view.tsx";
import { HexView } from "../kit/code/hex-view.tsx";

type Props = { bytes: Uint8Array; contentType: string | null; label: string; info: ReactNode };

/** Bytes as what they look like: JSON laid out, text, or hex. */
export function BytesView({ bytes, contentType, label, info }: Props) {
  const view = describe(bytes, contentType, { maxBytes: bytes.length });
  const frame = { label, info, className: "max-h-80" };
  if (view.text === null || view.kind === "binary") return <HexView bytes={bytes} {...frame} />;
  return <CodeView text={view.pretty ?? view.text} language={view.kind === "json" ? "json" : "text"} {...frame} />;
}
