"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Header } from "#core/message/header.ts";
import { MAX_EDIT_BYTES } from "#core/order.ts";
import type { TimelineEntry } from "#server/services/message-detail.ts";
import { Button } from "../kit/button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { EditForm } from "./edit-form.tsx";
import { useRefusedText } from "./refused.tsx";

type Props = { readonly messageId: string; readonly onClose: () => void; readonly onOrdered?: ((operationId: string) => void) | undefined };

async function bytesOf(messageId: string, deathId: string): Promise<Uint8Array> {
  const response = await fetch(`/api/messages/${messageId}/body?of=death&id=${deathId}`);
  if (!response.ok) throw new Error(`the body could not be read: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

type Death = Extract<TimelineEntry, { kind: "death" }>;

/** Edits body and headers of one message as text and resends it. The original stays. Mount it to open it. */
export function EditDialog({ messageId, onClose, onOrdered }: Props) {
  const t = useTranslations("operations");
  const refusedText = useRefusedText();
  // what is edited must not change below the hands: both reads stand still while the dialog is open
  const still = { staleTime: Infinity, refetchInterval: false, refetchOnWindowFocus: false, meta: { live: "never" } } as const;
  const message = useQuery(useTRPC().messages.get.queryOptions(messageId, { ...still, gcTime: 0 }));
  const death = message.data?.timeline.find((entry): entry is Death => entry.kind === "death" && entry.id === message.data.lastDeathId);
  const tooLarge = death !== undefined && death.size > MAX_EDIT_BYTES;
  const body = useQuery({
    queryKey: ["body", messageId, death?.id],
    queryFn: () => bytesOf(messageId, death?.id ?? ""),
    enabled: death !== undefined && !tooLarge,
    ...still,
    gcTime: 60_000,
  });
  const asked = { messageId, which: { of: "death" as const, id: death?.id ?? messageId }, as: null };
  const decoded = useQuery(useTRPC().messages.editable.queryOptions(asked, { ...still, gcTime: 0, enabled: death !== undefined && !tooLarge, retry: false }));
  // an edit as it came needs nothing decoded: a failure there is told, and stands in nobody's way
  if (message.data && death && body.data && death.headers !== null && !decoded.isPending) {
    return (
      <EditForm
        decoded={decoded.data ?? null}
        messageId={messageId}
        deathId={death.id}
        contentType={message.data.contentType}
        bytes={body.data}
        headers={JSON.parse(death.headers) as Header[]}
        onClose={onClose}
        onOrdered={onOrdered}
      />
    );
  }
  const error = message.error ?? body.error;
  const refused = tooLarge ? t("edit.tooLarge") : death?.headers === null ? t("edit.headersTooLong") : null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("edit.title")} width="lg" footer={<Button onClick={onClose}>{t("edit.close")}</Button>}>
      {error !== null || refused !== null ? (
        <ErrorState title={refused ?? t("edit.unreadable")} safe={t("edit.safe")} {...(error === null ? {} : { detail: refusedText(error) ?? undefined })} />
      ) : (
        <div aria-busy className="grid h-96 content-start gap-2">
          {["w-1/3", "w-2/3", "w-1/2", "w-3/5"].map((width) => (
            <Skeleton key={width} className={width} />
          ))}
        </div>
      )}
    </Dialog>
  );
}
