"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { Bytes } from "../kit/num.tsx";
import type { Tab } from "../kit/tabs.tsx";
import { FactsView } from "./facts-view.tsx";
import { HeadersView } from "./headers-view.tsx";
import { PayloadView } from "./payload-view.tsx";
import { TimelineView } from "./timeline-view.tsx";
import type { Death, MessageDetail } from "./types.ts";
import { VersionPicker } from "./version-picker.tsx";
import { bodyOf, headersOf, versionOf } from "./versions.ts";

const VIEWS = ["timeline", "payload", "headers", "facts"] as const;
export type View = (typeof VIEWS)[number];
export const isView = (text: string | null): text is View => VIEWS.some((view) => view === text);

/** The views of a message as tabs. `without`: one that is shown elsewhere on the page. */
export function useViews(message: MessageDetail, without: View | null): Tab<View>[] {
  const t = useTranslations("messages");
  const [asked, setAsked] = useState<string | null>(null);
  const version = versionOf(message, asked);
  const look = (id: string) => setAsked(id);
  const picker = version && <VersionPicker message={message} version={version} onPick={look} />;
  const headers = version === null ? null : headersOf(version);
  // an edit has no facts of its own: those of the death it was made from are shown
  const death = version?.kind === "edit" ? deathOf(message, version.deathId) : version;
  const tabs: Tab<View>[] = [
    { value: "timeline", label: t("view.timeline"), count: message.timeline.length + message.hidden, content: <TimelineView message={message} /> },
    {
      value: "payload",
      label: (
        <>
          {t("view.payload")}
          {version && <Bytes value={version.size} className="text-sm font-normal text-muted" />}
        </>
      ),
      content: version && <PayloadView messageId={message.id} version={bodyOf(version)} contentType={message.contentType} size={version.size} aside={picker} />,
    },
    { value: "headers", label: t("view.headers"), count: headers?.length, content: version && <HeadersView headers={headers} aside={picker} /> },
    { value: "facts", label: t("view.facts"), content: death && <FactsView death={death} message={message} /> },
  ];
  return tabs.filter(({ value }) => value !== without);
}

const deathOf = (message: MessageDetail, id: string): Death | null =>
  message.timeline.find((entry): entry is Death => entry.kind === "death" && entry.id === id) ?? null;
