"use client";

import { Download, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { editableText } from "#core/message/edit-text.ts";
import type { PayloadView as Described } from "#core/message/payload.ts";
import { CodeView } from "../kit/code/code-view.tsx";
import { HexView } from "../kit/code/hex-view.tsx";
import { EmptyState } from "../kit/empty-state.tsx";

export type Look = "pretty" | "text" | "hex";

/** How bytes are shown at first. */
export const usualLook = (view: Described): Look => (view.pretty !== null ? "pretty" : view.text !== null && view.kind !== "binary" ? "text" : "hex");

/** The ways in which bytes can be shown. */
export const looksOf = (view: Described): Look[] => [...(view.pretty === null ? [] : ["pretty" as const]), ...(view.text === null ? [] : ["text" as const]), "hex"];

type Props = { bytes: Uint8Array; view: Described; look: Look; info: ReactNode; actions: ReactNode };

/** Bytes as JSON, text or hex, in their frame. */
export function BodyLook({ bytes, view, look, info, actions }: Props) {
  const t = useTranslations("messages");
  const shown = view.text === null ? null : editableText(bytes);
  // uniform CRLF is said once instead of at the end of every line
  const crlf = shown !== null && !shown.shown.includes("\r") && view.text?.includes("\r") === true;
  const marks = (
    <>
      {info}
      {crlf && " · CRLF"}
      {view.text?.startsWith("\uFEFF") && " · BOM"}
    </>
  );
  const frame = { label: t("view.payload"), info: marks, actions, className: "min-h-0 flex-1" };
  if (view.kind === "empty") return <EmptyState title={t("payload.empty")}>{t("payload.emptyHelp")}</EmptyState>;
  if (look === "hex" || view.text === null) return <HexView bytes={bytes} {...frame} />;
  return <CodeView text={look === "pretty" ? (view.pretty ?? view.text) : crlf ? shown.shown : view.text} language={view.kind === "json" ? "json" : "text"} {...frame} />;
}

/** What a reader must know about what they see. */
export function Note({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-1.5 text-sm text-amber">
      <TriangleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}

/** Saves a body as a file. */
export function DownloadLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a href={href} download className="inline-flex h-6 items-center gap-1 rounded px-1.5 text-muted hover:bg-hover hover:text-ink">
      <Download aria-hidden className="size-3.5" />
      {children}
    </a>
  );
}
