"use client";

import { useQuery } from "@tanstack/react-query";
import { Maximize2, X } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { ErrorState } from "../kit/error-state.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { usePreference } from "../kit/preferences.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { AskedAct } from "./message-actions.tsx";
import { MessageActions } from "./message-actions.tsx";
import { MessageHead } from "./message-head.tsx";
import { isView, useViews, type View } from "./message-views.tsx";

type Props = { id: string; href: string; onClose: () => void; onAct: (act: AskedAct) => void; keys: boolean };

/** One message beside the list. */
export function MessagePane({ id, href, onClose, onAct, keys }: Props) {
  const t = useTranslations("messages");
  const message = useQuery(useTRPC().messages.get.queryOptions(id));
  const bar = (
    <div className="flex h-10 shrink-0 items-center gap-1 border-b px-2">
      <code className="min-w-0 flex-1 truncate px-1 font-mono text-sm text-muted">{id}</code>
      <Link href={href} aria-label={t("openWhole")} title={t("openWhole")} className="grid size-6 place-items-center rounded text-muted hover:bg-hover hover:text-ink">
        <Maximize2 aria-hidden className="size-3.5" />
      </Link>
      <IconButton icon={X} size="sm" label={t("closePane")} hint={<Kbd keys="Escape" />} onClick={onClose} />
    </div>
  );
  if (message.isError) {
    return (
      <section aria-label={t("pane")} className="flex h-full flex-col">
        {bar}
        <ErrorState title={refusalOf(message.error)?.code === "not_found" ? t("gone") : t("messageFailed")} safe={t("listFailedSafe")} onRetry={() => void message.refetch()} retrying={message.isFetching} />
      </section>
    );
  }
  return (
    <section aria-label={t("pane")} className="flex h-full min-h-0 flex-col">
      {bar}
      {message.data === undefined ? (
        <PaneSkeleton />
      ) : (
        <>
          <div className="grid gap-3 border-b px-4 py-3">
            <MessageHead message={message.data} compact />
            <MessageActions message={message.data} onAct={onAct} size="sm" keys={keys} />
          </div>
          <PaneTabs message={message.data} />
        </>
      )}
    </section>
  );
}

function PaneTabs({ message }: { message: Parameters<typeof useViews>[0] }) {
  const t = useTranslations("messages");
  const [kept, setKept] = usePreference("message.tab", "timeline");
  const views = useViews(message, null);
  return <Tabs<View> label={t("views")} value={isView(kept) ? kept : "timeline"} onChange={setKept} tabs={views} />;
}

export function PaneSkeleton() {
  return (
    <div aria-busy className="grid gap-3 p-4">
      <Skeleton className="h-5 w-24" />
      <Skeleton className="h-4 w-4/5" />
      <Skeleton className="h-4 w-2/3" />
      <Skeleton className="h-7 w-56" />
      <Skeleton className="mt-4 h-28 w-full" />
      <Skeleton className="h-28 w-full" />
    </div>
  );
}
