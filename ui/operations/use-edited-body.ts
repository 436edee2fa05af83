"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { prettyJson } from "#core/json/pretty.ts";
import { scanJson } from "#core/json/scan.ts";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import { base64Of, bytesOfHex, editableText, hexOf } from "#core/message/edit-text.ts";
import { describe } from "#core/message/payload.ts";

/** Beyond these an editor in a browser is no help any more. */
const MAX_TEXT = 2 * 1024 * 1024;
const MAX_HEX = 64 * 1024;

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** A decoded body as the server offers it to an editor. */
export type DecodedContent = { readonly form: "notation"; readonly text: string } | { readonly form: "bytes"; readonly base64: string };

/** A text that is edited as it is, without anything to put back. */
const asIs = (shown: string) => ({ shown, toBytes: (edited: string) => new TextEncoder().encode(edited) });

function startOf(original: Uint8Array, contentType: string | null, notation: string | null) {
  if (notation !== null) return { text: asIs(notation), mode: "text" as const, json: true, shown: notation };
  const view = describe(original, contentType, { maxBytes: MAX_TEXT });
  const text = view.kind === "binary" || view.truncated ? null : editableText(original);
  const mode = text !== null ? ("text" as const) : original.length <= MAX_HEX ? ("hex" as const) : ("none" as const);
  return { text, mode, json: view.kind === "json", shown: text?.shown ?? (mode === "hex" ? hexOf(original) : "") };
}

/**
 * A body under edit: as text when it is text, as hex when it is not, as it is when it is too large for either. With
 * `decoded` it is that which is edited, and `content` what the server makes the bytes to be sent of.
 */
export function useEditedBody(sent: Uint8Array, contentType: string | null, decoded: DecodedContent | null = null) {
  const t = useTranslations("operations");
  const [original] = useState(() => (decoded?.form === "bytes" ? (bytesOfBase64(decoded.base64) ?? new Uint8Array()) : sent));
  const [start] = useState(() => startOf(original, decoded === null ? contentType : null, decoded?.form === "notation" ? decoded.text : null));
  const [edited, setEdited] = useState(start.shown);
  const bytes = start.text !== null ? start.text.toBytes(edited) : start.mode === "hex" ? bytesOfHex(edited) : original;
  const brokenJson = start.json && scanJson(edited) !== "valid";
  const notation = decoded?.form === "notation";
  const changed = notation ? edited !== start.shown : bytes !== null && !isEqual(bytes, original);
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
    /** What of a decoded body has to be encoded; null where `bytes` are what is sent. */
    content: decoded === null || bytes === null || !changed ? null : notation ? ({ form: "notation", text: edited } as const) : ({ form: "bytes", base64: base64Of(bytes) } as const),
    changed,
    fault: bytes === null ? t("edit.hexInvalid") : notation && brokenJson ? t("decoded.notJson") : null,
    warning: brokenJson && !notation ? t("edit.jsonInvalid") : null,
  };
}

export type EditedBody = ReturnType<typeof useEditedBody>;
