"use client";

import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "../kit/button.tsx";
import { CodeEditor } from "../kit/code/code-editor.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import type { EditedBody } from "./use-edited-body.ts";

/** The body as text or hex. Nothing is parsed: digits, key order and white space stay as they are typed. */
export function EditBody({ body, choice, error }: { body: EditedBody; choice: ReactNode; error: string | null }) {
  const t = useTranslations("operations");
  if (body.mode === "none") return <EmptyState title={t("edit.bodyTooLarge")}>{t("edit.bodyTooLargeHelp")}</EmptyState>;
  const formatted = body.formatted;
  return (
    <div className="flex h-full flex-col gap-2 pt-2">
      {choice}
      <div className="flex min-h-6 items-center gap-2 text-sm text-muted">
        <span className="min-w-0 flex-1">{t(body.mode === "hex" ? "edit.hexHelp" : body.json ? "edit.jsonHelp" : "edit.textHelp")}</span>
        {body.json && (
          <Button
            size="sm"
            disabledReason={formatted === null ? t("edit.formatInvalid") : formatted === body.edited ? t("edit.formatted") : null}
            onClick={() => formatted !== null && body.setEdited(formatted)}
          >
            {t("edit.format")}
          </Button>
        )}
      </div>
      <CodeEditor
        value={body.edited}
        onChange={body.setEdited}
        language={body.json ? "json" : "text"}
        label={t("edit.body")}
        className="min-h-0 flex-1"
      />
      {(error ?? body.fault ?? body.warning) !== null && (
        <p role="status" className={(error ?? body.fault) ? "flex items-center gap-1.5 text-sm text-red" : "flex items-center gap-1.5 text-sm text-amber"}>
          <TriangleAlert aria-hidden className="size-3 shrink-0" />
          {error ?? body.fault ?? body.warning}
        </p>
      )}
    </div>
  );
}
