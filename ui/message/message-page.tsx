"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronLeft, ChevronUp } from "lucide-react";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { filterToSearch, searchToFilter } from "#core/message/filter.ts";
import { withStates } from "../dead-letters/list-address.ts";
import { ButtonLink } from "../kit/button.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { useShortcuts } from "../kit/shortcuts.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { useSearch } from "../kit/use-search.ts";
import { EditDialog } from "../operations/edit-dialog.tsx";
import { OrderDialog } from "../operations/order-dialog.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { MessageActions, useGrey, type AskedAct } from "./message-actions.tsx";
import { MessageHead } from "./message-head.tsx";
import { PaneSkeleton } from "./message-pane.tsx";
import { isView, useViews } from "./message-views.tsx";
import { TimelineView } from "./timeline-view.tsx";
import type { MessageDetail } from "./types.ts";

/** One message with its whole life; the list it was opened from is kept in the address. */
export function MessagePage({ id }: { readonly id: string }) {
  const t = useTranslations("messages");
  const message = useQuery(useTRPC().messages.get.queryOptions(id));
  const [asked, setAsked] = useState<AskedAct | null>(null);
  if (message.isError) {
    const gone = refusalOf(message.error)?.code === "not_found";
    return (
      <ErrorState
        title={gone ? t("gone") : t("messageFailed")}
        safe={gone ? t("goneHelp") : t("listFailedSafe")}
        {...(gone ? {} : { onRetry: () => void message.refetch() })}
        retrying={message.isFetching}
        action={<ButtonLink href="/messages">{t("title")}</ButtonLink>}
      />
    );
  }
  if (message.data === undefined) return <PaneSkeleton />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="grid gap-2.5 border-b px-4 pt-3 pb-3">
        <Moving message={message.data} />
        <MessageHead message={message.data} />
        <MessageActions message={message.data} onAct={setAsked} />
      </div>
      <Body message={message.data} />
      <ActKeys message={message.data} onAct={setAsked} />
      {asked === "edit" && <EditDialog messageId={id} onClose={() => setAsked(null)} />}
      {asked !== null && asked !== "edit" && <OrderDialog act={asked} selection={{ by: "ids", ids: [id] }} onClose={() => setAsked(null)} />}
    </div>
  );
}

/** Where there is room the timeline stands beside the other views; else it is the first of them. */
function Body({ message }: { message: MessageDetail }) {
  const t = useTranslations("messages");
  const [search, setSearch] = useSearch();
  const tab = search.get("tab");
  const all = useViews(message, null);
  const beside = useViews(message, "timeline");
  const change = (view: string) => setSearch({ tab: view });
  return (
    <>
      <div className="hidden min-h-0 flex-1 xl:flex">
        <section aria-label={t("view.timeline")} className="min-h-0 w-[44%] border-r">
          <TimelineView message={message} />
        </section>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Tabs label={t("views")} value={isView(tab) && tab !== "timeline" ? tab : "payload"} onChange={change} tabs={beside} />
        </div>
      </div>
      <div className="flex min-h-96 flex-1 flex-col xl:hidden">
        <Tabs label={t("views")} value={isView(tab) ? tab : "timeline"} onChange={change} tabs={all} />
      </div>
    </>
  );
}

/** Back to the list, and to its next and previous message. */
function Moving({ message }: { message: MessageDetail }) {
  const t = useTranslations("messages");
  const router = useRouter();
  const chosen = searchToFilter(new URLSearchParams(useSearchParams()));
  const list = filterToSearch(chosen).toString();
  const suffix = list === "" ? "" : `?${list}`;
  const { data } = useQuery(
    useTRPC().messages.neighbours.queryOptions({ filter: withStates(chosen), position: message.position }, { meta: { live: "slow" } }),
  );
  const go = (id: string | null | undefined) => id != null && router.push(`/messages/${id}${suffix}`);
  useShortcuts(t("title"), [
    { keys: "j", label: t("key.older"), run: () => go(data?.older), enabled: data?.older != null },
    { keys: "k", label: t("key.newer"), run: () => go(data?.newer), enabled: data?.newer != null },
  ]);
  return (
    <div className="flex items-center gap-1 text-sm text-muted">
      <Link href={`/messages${suffix === "" ? "?" : `${suffix}&`}id=${message.id}`} className="inline-flex items-center gap-0.5 hover:text-ink">
        <ChevronLeft aria-hidden className="size-3.5" />
        {t("title")}
      </Link>
      <span className="flex-1" />
      <IconButton icon={ChevronUp} size="sm" label={t("key.newer")} hint={<Kbd keys="k" />} disabledReason={data?.newer == null ? t("noNewer") : null} onClick={() => go(data?.newer)} />
      <IconButton icon={ChevronDown} size="sm" label={t("key.older")} hint={<Kbd keys="j" />} disabledReason={data?.older == null ? t("noOlder") : null} onClick={() => go(data?.older)} />
    </div>
  );
}

function ActKeys({ message, onAct }: { message: MessageDetail; onAct: (act: AskedAct) => void }) {
  const t = useTranslations("messages");
  const grey = useGrey(message);
  useShortcuts(t("title"), [
    { keys: "r", label: t("key.resend"), run: () => onAct("resend"), enabled: grey("resend") === null },
    { keys: "e", label: t("key.edit"), run: () => onAct("edit"), enabled: grey("edit") === null },
    { keys: "d", label: t("key.discard"), run: () => onAct("discard"), enabled: grey("discard") === null },
  ]);
  return null;
}
