"use client";

import { useQuery } from "@tanstack/react-query";
import { Download, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import { editableText } from "#core/message/edit-text.ts";
import { describe, type PayloadView as Described } from "#core/message/payload.ts";
import { CodeView } from "../kit/code/code-view.tsx";
import { HexView } from "../kit/code/hex-view.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Bytes } from "../kit/num.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { Version } from "./types.ts";

type Look = "pretty" | "text" | "hex";
type Props = { messageId: string; version: Version; contentType: string | null; size: number; aside: ReactNode };

/** A body as JSON, text or bytes; what is seen is a view, the download is the bytes themselves. */
export function PayloadView({ messageId, version, contentType, size, aside }: Props) {
  const t = useTranslations("messages");
  const query = useQuery(
    useTRPC().messages.body.queryOptions({ messageId, which: version }, { staleTime: Infinity, refetchInterval: false, refetchOnWindowFocus: false, meta: { live: "never" } }),
  );
  if (query.isError) return <ErrorState title={t("payload.failed")} safe={t("payload.failedSafe")} onRetry={() => void query.refetch()} retrying={query.isFetching} />;
  if (query.data === undefined) {
    return (
      <div aria-busy className="grid gap-2 p-4">
        {["w-1/3", "w-2/3", "w-1/2", "w-3/5"].map((width) => (
          <Skeleton key={width} className={width} />
        ))}
      </div>
    );
  }
  const bytes = bytesOfBase64(query.data.base64) ?? new Uint8Array();
  const cut = query.data.shown < query.data.size;
  // one byte less: the description then knows that there is more
  const view = describe(bytes, contentType, { maxBytes: cut ? bytes.length - 1 : bytes.length });
  const href = `/api/messages/${messageId}/body?of=${version.of}&id=${version.id}`;
  return <Shown key={version.id} view={view} bytes={bytes} cut={cut} size={size} contentType={contentType} href={href} aside={aside} />;
}

type ShownProps = { view: Described; bytes: Uint8Array; cut: boolean; size: number; contentType: string | null; href: string; aside: ReactNode };

function Shown({ view, bytes, cut, size, contentType, href, aside }: ShownProps) {
  const t = useTranslations("messages");
  const usual: Look = view.pretty !== null ? "pretty" : view.text !== null && view.kind !== "binary" ? "text" : "hex";
  const [look, setLook] = useState<Look>(usual);
  const looks: Look[] = [...(view.pretty === null ? [] : ["pretty" as const]), ...(view.text === null ? [] : ["text" as const]), "hex"];
  const notes = useNotes(view, contentType, cut, bytes.length, size);
  const download = (
    <a href={href} download className="inline-flex h-6 items-center gap-1 rounded px-1.5 text-muted hover:bg-hover hover:text-ink">
      <Download aria-hidden className="size-3.5" />
      {t("payload.download")}
    </a>
  );
  const shown = view.text === null ? null : editableText(bytes);
  // uniform CRLF is said once instead of at the end of every line
  const crlf = shown !== null && !shown.shown.includes("\r") && view.text?.includes("\r") === true;
  const info = (
    <>
      <Bytes value={size} /> · {contentType === null ? t("payload.noType") : visibleText(contentType, 80)}
      {crlf && " · CRLF"}
      {view.text?.startsWith("\uFEFF") && " · BOM"}
    </>
  );
  const frame = { label: t("view.payload"), info, actions: download, className: "min-h-0 flex-1" };
  return (
    <div className="flex h-full min-h-0 flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented label={t("payload.look")} value={look} onChange={setLook} options={looks.map((value) => ({ value, label: t(`payload.${value}`) }))} />
        <span className="flex-1" />
        {aside}
      </div>
      {notes.map((note) => (
        <p key={note} className="flex items-start gap-1.5 text-sm text-amber">
          <TriangleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          {note}
        </p>
      ))}
      {view.kind === "empty" ? (
        <EmptyState title={t("payload.empty")}>{t("payload.emptyHelp")}</EmptyState>
      ) : look === "hex" || view.text === null ? (
        <HexView bytes={bytes} {...frame} />
      ) : (
        <CodeView text={look === "pretty" ? (view.pretty ?? view.text) : crlf ? shown.shown : view.text} language={view.kind === "json" ? "json" : "text"} {...frame} />
      )}
    </div>
  );
}

/** What a reader must know about what they see. */
function useNotes(view: Described, contentType: string | null, cut: boolean, shown: number, size: number): string[] {
  const t = useTranslations("messages");
  const notes: string[] = [];
  if (cut) notes.push(t("payload.cut", { shown, size }));
  const saysJson = /\bjson\b/i.test(contentType ?? "");
  if (saysJson && view.kind !== "json" && view.kind !== "empty") notes.push(t(view.text === null ? "payload.notUtf8" : "payload.notJson"));
  else if (/^text\//i.test(contentType ?? "") && view.text === null) notes.push(t("payload.notUtf8"));
  if (view.kind === "json" && !cut && view.pretty === null) notes.push(t("payload.notPretty"));
  return notes;
}
