"use client";

import { FilePenLine } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { Bytes } from "../kit/num.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { STATE_FACES } from "../states/state-faces.ts";
import { CardLine, TimelineCard } from "./timeline-card.tsx";
import type { Edit, StateEvent } from "./types.ts";

const CAUSES = ["ordered", "called_back", "watched", "lease_expired", "confirmed", "refused", "unknown", "delivered", "dead_letter_copy"] as const;
type Cause = (typeof CAUSES)[number];
const isCause = (text: string): text is Cause => CAUSES.some((cause) => cause === text);

/** A change of state that no card tells: who, what, and why. */
export function EventLine({ event }: { event: StateEvent }) {
  const t = useTranslations("messages");
  const states = useTranslations("states");
  const { tone, icon } = STATE_FACES[event.to];
  const actor = event.actor === "worker" ? t("timeline.worker") : visibleText(event.actor, 60);
  const said = event.cause === "ordered" && event.act !== null ? t(`timeline.act.${event.act}`, { actor }) : isCause(event.cause) ? t(`timeline.cause.${event.cause}`, { actor }) : `${actor}: ${visibleText(event.cause, 60)}`;
  return (
    <TimelineCard
      icon={icon}
      tone={tone}
      title={
        <span className="font-normal">
          {said}
          <span className="text-muted"> · {states(`name.${event.to}`)}</span>
          {event.operationId !== null && (
            <Link href={`/operations/${event.operationId}`} className="ml-2 text-sm text-muted underline underline-offset-2 hover:text-ink">
              {t("timeline.operation")}
            </Link>
          )}
        </span>
      }
      time={event.at}
    >
      {event.reason !== null && <p className="text-sm break-words whitespace-pre-wrap">“{visibleText(event.reason, 500)}”</p>}
    </TimelineCard>
  );
}

/** An edit: who made it and why; the original stays. */
export function EditCard({ edit }: { edit: Edit }) {
  const t = useTranslations("messages");
  return (
    <TimelineCard icon={FilePenLine} tone="violet" title={t("timeline.edited", { number: edit.number, author: visibleText(edit.author, 60) })} time={edit.createdAt} aside={<Bytes value={edit.size} className="text-sm text-faint" />}>
      <CardLine label={t("fact.why")}>{visibleText(edit.reason, 500)}</CardLine>
    </TimelineCard>
  );
}
