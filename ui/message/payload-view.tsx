"use client";

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import { describe, type PayloadView as Described } from "#core/message/payload.ts";
import { isEncoding, STEP_KINDS, type StepKind } from "#core/message/views.ts";
import { ErrorState } from "../kit/error-state.tsx";
import { Bytes } from "../kit/num.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { BodyLook, DownloadLink, looksOf, Note, usualLook, type Look } from "./body-looks.tsx";
import { DecodedView } from "./decoded-view.tsx";
import type { Version } from "./types.ts";
import { useDecoded } from "./use-decoded.ts";

type Props = { messageId: string; version: Version; contentType: string | null; size: number; aside: ReactNode };

/** A body as JSON, text or bytes, or decoded; what is seen is a view, the download is the bytes themselves. */
export function PayloadView({ messageId, version, contentType, size, aside }: Props) {
  const t = useTranslations("messages");
  const query = useQuery(
    useTRPC().messages.body.queryOptions({ messageId, which: version }, { staleTime: Infinity, refetchInterval: false, refetchOnWindowFocus: false, meta: { live: "never" } }),
  );
  const [as, setAs] = useState<StepKind | null>(null);
  const decoded = useDecoded({ messageId, which: version, as });
  if (query.isError) return <ErrorState title={t("payload.failed")} safe={t("payload.failedSafe")} onRetry={() => void query.refetch()} retrying={query.isFetching} />;
  // both at once: a view that changes under the reader's eyes would be read twice
  if (query.data === undefined || decoded.query.isPending) return <Loading />;
  const bytes = bytesOfBase64(query.data.base64) ?? new Uint8Array();
  const cut = query.data.shown < query.data.size;
  // one byte less: the description then knows that there is more
  const view = describe(bytes, contentType, { maxBytes: cut ? bytes.length - 1 : bytes.length });
  const href = `/api/messages/${messageId}/body?of=${version.of}&id=${version.id}`;
  return <Shown key={version.id} {...{ view, bytes, cut, size, contentType, href, aside, decoded, as }} onAs={setAs} />;
}

function Loading() {
  return (
    <div aria-busy className="grid gap-2 p-4">
      {["w-1/3", "w-2/3", "w-1/2", "w-3/5"].map((width) => (
        <Skeleton key={width} className={width} />
      ))}
    </div>
  );
}

type ShownProps = {
  view: Described;
  bytes: Uint8Array;
  cut: boolean;
  size: number;
  contentType: string | null;
  href: string;
  aside: ReactNode;
  decoded: ReturnType<typeof useDecoded>;
  as: StepKind | null;
  onAs: (as: StepKind | null) => void;
};

function Shown({ view, bytes, cut, size, contentType, href, aside, decoded, as, onAs }: ShownProps) {
  const t = useTranslations("messages");
  const [chosen, setChosen] = useState<Look | "decoded" | null>(null);
  const layered = as !== null || (decoded.query.data?.steps.length ?? 0) > 0 || decoded.query.isError;
  const look = chosen === "decoded" && !layered ? null : chosen;
  const shown = look ?? (layered ? "decoded" : usualLook(view));
  const options = [...(layered ? (["decoded"] as const) : []), ...looksOf(view)];
  const notes = useNotes(view, contentType, cut, bytes.length, size, layered);
  const info = (
    <>
      <Bytes value={size} /> · {contentType === null ? t("payload.noType") : visibleText(contentType, 80)}
    </>
  );
  return (
    <div className="flex h-full min-h-0 flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented label={t("payload.look")} value={shown} onChange={setChosen} options={options.map((value) => ({ value, label: value === "decoded" ? t("decoded.look") : t(`payload.${value}`) }))} />
        <ReadAs
          as={as}
          onAs={(kind) => {
            onAs(kind);
            setChosen(kind === null ? null : "decoded");
          }}
        />
        <span className="flex-1" />
        {aside}
      </div>
      {shown === "decoded" ? (
        <DecodedView decoded={decoded} info={info} href={`${href}&form=decoded${as === null ? "" : `&as=${as}`}`} />
      ) : (
        <>
          {notes.map((note) => (
            <Note key={note}>{note}</Note>
          ))}
          <BodyLook bytes={bytes} view={view} look={shown} info={info} actions={<DownloadLink href={href}>{t("payload.download")}</DownloadLink>} />
        </>
      )}
    </div>
  );
}

const AUTO = "auto";

function ReadAs({ as, onAs }: { as: StepKind | null; onAs: (as: StepKind | null) => void }) {
  const t = useTranslations("messages");
  const options = [
    { value: AUTO, label: t("decoded.auto") },
    ...STEP_KINDS.map((kind) => ({ value: kind, label: t(`decoded.kind.${kind}`), hint: t(isEncoding(kind) ? "decoded.packed" : "decoded.format") })),
  ] as const;
  return <Select<StepKind | typeof AUTO> value={as ?? AUTO} onChange={(value) => onAs(value === AUTO ? null : value)} options={options} aria-label={t("decoded.readAs")} />;
}

/** What a reader must know about what they see. */
function useNotes(view: Described, contentType: string | null, cut: boolean, shown: number, size: number, layered: boolean): string[] {
  const t = useTranslations("messages");
  const notes: string[] = [];
  if (cut) notes.push(t("payload.cut", { shown, size }));
  // packed bytes are no text, and nobody promised they were
  if (layered) return notes;
  const saysJson = /\bjson\b/i.test(contentType ?? "");
  if (saysJson && view.kind !== "json" && view.kind !== "empty") notes.push(t(view.text === null ? "payload.notUtf8" : "payload.notJson"));
  else if (/^text\//i.test(contentType ?? "") && view.text === null) notes.push(t("payload.notUtf8"));
  if (view.kind === "json" && !cut && view.pretty === null) notes.push(t("payload.notPretty"));
  return notes;
}
