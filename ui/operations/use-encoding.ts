"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { EditedBody } from "./use-edited-body.ts";

type Content = NonNullable<EditedBody["content"]>;

/** Has the server encode what was edited in decoded form. `bytes` are exactly what will be sent. */
export function useEncoding(messageId: string, deathId: string) {
  const t = useTranslations("operations");
  const [bytes, setBytes] = useState<Uint8Array | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { mutate, isPending } = useMutation(useTRPC().messages.encode.mutationOptions());
  const encode = (content: Content, onDone: () => void): void => {
    setError(null);
    mutate(
      { messageId, which: { of: "death", id: deathId }, as: null, edited: content },
      {
        onSuccess: (answer) => {
          if (!answer.ok) return setError(t(`decoded.refusal.${answer.code}`, { line: answer.line, column: answer.column, what: visibleText(answer.what, 200) }));
          setBytes(bytesOfBase64(answer.base64));
          onDone();
        },
        onError: () => setError(t("decoded.failed")),
      },
    );
  };
  return { encode, bytes, pending: isPending, error };
}
