"use client";

import { ChevronRight } from "lucide-react";
import { useTranslations } from "use-intl";
import { cx } from "../kit/cx.ts";
import { slot } from "../kit/slot.ts";
import { Time } from "../kit/time.tsx";
import { StateBadge } from "../states/state-badge.tsx";
import { AttemptDetails } from "./attempt-details.tsx";
import { OutcomeBadge } from "./attempts-tab.tsx";
import { Took } from "./attempts-picture.tsx";
import { useErrorWords } from "./error-words.tsx";
import { Span } from "./retry-schedule.tsx";
import type { DeliveryAttempt } from "./types.ts";

type Props = { attempts: readonly DeliveryAttempt[]; openId: string | null; onOpen: (id: string | null) => void };

/** Every try, oldest first; a line opens to all that is known of it. */
export function AttemptList({ attempts, openId, onOpen }: Props) {
  const t = useTranslations("routes");
  return (
    <ol aria-label={t("delivery.tries")} className="divide-y divide-line overflow-hidden rounded border">
      {attempts.map((attempt) => (
        <li key={attempt.id} id={`attempt-${attempt.id}`}>
          <Line attempt={attempt} open={attempt.id === openId} onToggle={() => onOpen(attempt.id === openId ? null : attempt.id)} />
          {attempt.id === openId && <AttemptDetails attempt={attempt} />}
        </li>
      ))}
    </ol>
  );
}

function Line({ attempt, open, onToggle }: { attempt: DeliveryAttempt; open: boolean; onToggle: () => void }) {
  const t = useTranslations("routes");
  const words = useErrorWords();
  const { errorCode, decision, nextDelayMs } = attempt;
  return (
    <button
      type="button"
      aria-expanded={open}
      onClick={onToggle}
      className={cx("grid w-full grid-cols-[auto_4.5rem_7rem_minmax(0,1fr)_auto] items-center gap-x-3 px-3 py-1.5 text-left -outline-offset-2 hover:bg-hover max-sm:grid-cols-[auto_auto_minmax(0,1fr)_auto]", open && "bg-hover")}
    >
      <ChevronRight aria-hidden className={cx("size-3.5 text-muted transition-transform", open && "rotate-90")} />
      <span className="font-medium tabular-nums">{t("delivery.try", { number: attempt.number })}</span>
      <span className="max-sm:order-last max-sm:col-start-2 max-sm:col-span-3">
        <OutcomeBadge outcome={attempt.outcome ?? "open"} look="bare" />
      </span>
      <span className="min-w-0 truncate">
        {errorCode !== null && words({ code: errorCode, status: attempt.errorStatus, type: attempt.errorType })}
        <span className="text-muted">
          {errorCode !== null && " · "}
          <Took attempt={attempt} />
        </span>
        {decision !== null && decision !== "succeeded" && (
          <span className="ml-2 inline-flex items-center gap-1.5 align-bottom max-md:hidden">
            <StateBadge state={decision} look="bare" explain={false} />
            {decision === "retrying" && nextDelayMs !== null && (
              <span className="text-muted">{t.rich("attempts.after", { time: slot(<Span ms={nextDelayMs} />) })}</span>
            )}
          </span>
        )}
      </span>
      <Time iso={attempt.startedAt} className="text-sm text-muted" />
    </button>
  );
}
