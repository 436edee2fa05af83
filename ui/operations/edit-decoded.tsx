"use client";

import { useTranslations } from "use-intl";
import type { StepKind } from "#core/message/views.ts";
import type { editableBody } from "#server/services/decode-body.ts";
import { HexView } from "../kit/code/hex-view.tsx";
import { Bytes } from "../kit/num.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { visibleText } from "../kit/visible-text.ts";

export type EditableDecoded = Awaited<ReturnType<typeof editableBody>>;
export type BodyForm = "decoded" | "raw";

type Props = { decoded: EditableDecoded | null; form: BodyForm; onForm: (form: BodyForm) => void };

/** Decoded or as it came; where the decoded form is not offered, why. Nothing for a body that is plain anyway. */
export function BodyFormChoice({ decoded, form, onForm }: Props) {
  const t = useTranslations("operations");
  if (decoded === null || decoded.steps.length === 0) return null;
  if (decoded.refused !== null) return <p className="text-sm text-muted">{whyNot(t, decoded.refused)}</p>;
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
      <Segmented
        label={t("decoded.form")}
        value={form}
        onChange={onForm}
        options={[
          { value: "decoded", label: t("decoded.decoded") },
          { value: "raw", label: t("decoded.raw") },
        ]}
      />
      <span>{decoded.steps.map(({ kind }) => t(`decoded.kind.${kind}`)).join(" › ")}</span>
      {form === "decoded" && <span className="min-w-0 flex-1">{t("decoded.help")}</span>}
    </div>
  );
}

type Words = ReturnType<typeof useTranslations<"operations">>;

function whyNot(t: Words, refused: NonNullable<EditableDecoded["refused"]>): string {
  switch (refused.code) {
    case "other_bytes":
      return t("decoded.why.other_bytes", { at: refused.at, kind: t(`decoded.kind.${refused.kind}`) });
    case "not_encodable":
      return t("decoded.why.not_encodable", { detail: visibleText(refused.detail, 100) });
    default:
      return t(`decoded.why.${refused.code}`);
  }
}

/** The bytes a decoded edit will be sent as, and what of them is not the operator's doing. */
export function SentBytes({ before, sent, anew }: { before: Uint8Array; sent: Uint8Array | null; anew: readonly StepKind[] }) {
  const t = useTranslations("operations");
  if (sent === null) return null;
  const sizes = t.rich("decoded.size", { after: () => <Bytes value={sent.length} />, before: () => <Bytes value={before.length} /> });
  return (
    <details className="rounded border bg-surface">
      <summary className="cursor-pointer px-3 py-1.5 text-sm">
        <span className="font-medium">{t("decoded.sent")}</span> <span className="text-muted">{sizes}</span>
        {anew.length > 0 && <span className="mt-0.5 block text-muted">{t("decoded.anew", { kinds: anew.map((kind) => t(`decoded.kind.${kind}`)).join(", ") })}</span>}
      </summary>
      <div className="flex max-h-56 flex-col border-t p-2">
        <HexView bytes={sent} label={t("decoded.sent")} className="min-h-0 flex-1" />
      </div>
    </details>
  );
}
