"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { prettyJson } from "#core/json/pretty.ts";
import { scanJson } from "#core/json/scan.ts";
import { bytesOfHex, editableText, hexOf } from "#core/message/edit-text.ts";
import { describe } from "#core/message/payload.ts";

/** Beyond these an editor in a browser is no help any more. */
const MAX_TEXT = 2 * 1024 * 1024;
const MAX_HEX = 64 * 1024;

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** A body under edit: as text when it is text, as hex when it is not, as it is when it is too large for either. */
export function useEditedBody(original: Uint8Array, contentType: string | null) {
  const t = useTranslations("operations");
  const [start] = useState(() => {
    const view = describe(original, contentType, { maxBytes: MAX_TEXT });
    const text = view.kind === "binary" || view.truncated ? null : editableText(original);
    const mode = text !== null ? ("text" as const) : original.length <= MAX_HEX ? ("hex" as const) : ("none" as const);
    return { text, mode, json: view.kind === "json", shown: text?.shown ?? (mode === "hex" ? hexOf(original) : "") };
  });
  const [edited, setEdited] = useState(start.shown);
  const bytes = start.text !== null ? start.text.toBytes(edited) : start.mode === "hex" ? bytesOfHex(edited) : original;
  const brokenJson = start.json && scanJson(edited) !== "valid";
  return {
    mode: start.mode,
    json: start.json,
    before: start.shown,
    edited,
    setEdited,
    /** The same characters with white space laid out; null when it is no JSON or gets too long. */
    formatted: start.json && !brokenJson ? prettyJson(edited, MAX_TEXT) : null,
    /** Null while the hex is not complete. */
    bytes,
    changed: bytes !== null && !isEqual(bytes, original),
    fault: bytes === null ? t("edit.hexInvalid") : null,
    warning: brokenJson ? t("edit.jsonInvalid") : null,
  };
}

export type EditedBody = ReturnType<typeof useEditedBody>;
