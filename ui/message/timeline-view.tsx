"use client";

import { ArrowDownUp } from "lucide-react";
import { Fragment } from "react";
import { useTranslations } from "use-intl";
import { redriveRoute } from "#core/decoders/redrive-route.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { usePreference } from "../kit/preferences.tsx";
import { Duration } from "../kit/time.tsx";
import { MessageDeliveries } from "../routes/message-deliveries.tsx";
import { AttemptCard } from "./attempt-card.tsx";
import { DeathCard } from "./death-card.tsx";
import { EditCard, EventLine } from "./event-line.tsx";
import type { MessageDetail, TimelineEntry } from "./types.ts";

/** A message's whole life, with the time that passed between. */
export function TimelineView({ message }: { message: MessageDetail }) {
  const t = useTranslations("messages");
  const [oldestFirst, setOldestFirst] = usePreference("timeline.oldestFirst", false);
  const entries = oldestFirst ? message.timeline : message.timeline.toReversed();
  const hidden = message.hidden > 0 && <p className="py-1 pl-7 text-sm text-muted">{t("timeline.hidden", { count: message.hidden })}</p>;
  return (
    <div className="scroll-thin h-full overflow-auto px-3 py-2">
      {message.rule === redriveRoute.rule && <MessageDeliveries messageId={message.id} />}
      <div className="flex items-center justify-between pb-1 text-sm text-muted">
        {t(oldestFirst ? "timeline.oldest" : "timeline.newest")}
        <IconButton icon={ArrowDownUp} size="sm" label={t("timeline.turn")} onClick={() => setOldestFirst(!oldestFirst)} />
      </div>
      {oldestFirst && hidden}
      <ol aria-label={t("view.timeline")}>
        {entries.map((entry, at) => (
          <Fragment key={`${entry.kind} ${entry.id}`}>
            {at > 0 && <Between a={entries[at - 1]} b={entry} />}
            <li>
              <Entry entry={entry} message={message} />
            </li>
          </Fragment>
        ))}
      </ol>
      {!oldestFirst && hidden}
    </div>
  );
}

function Entry({ entry, message }: { entry: TimelineEntry; message: MessageDetail }) {
  if (entry.kind === "death") return <DeathCard death={entry} message={message} />;
  if (entry.kind === "attempt") return <AttemptCard attempt={entry} message={message} />;
  if (entry.kind === "edit") return <EditCard edit={entry} />;
  return <EventLine event={entry} />;
}

const WORTH_SAYING_MS = 1_000;

/** How long nothing happened between two entries. */
function Between({ a, b }: { a: TimelineEntry | undefined; b: TimelineEntry }) {
  const ms = a === undefined ? 0 : Math.abs(Date.parse(b.time) - Date.parse(a.time));
  return (
    <li aria-hidden className="flex min-h-3 items-center gap-3.5 text-sm text-faint">
      <span className="ml-2.75 w-px self-stretch bg-line" />
      {ms >= WORTH_SAYING_MS && <Duration ms={ms} className="py-1" />}
    </li>
  );
}
