"use client";

import { useFormatter, useTranslations } from "use-intl";
import { cx } from "../kit/cx.ts";
import { Duration } from "../kit/time.tsx";
import type { Tone } from "../kit/tone.ts";
import { ATTEMPT_FACES } from "./faces.ts";
import { NextTime } from "./next-time.tsx";
import { layout, type Piece } from "./picture-layout.ts";
import { Span } from "./retry-schedule.tsx";
import type { Delivery, DeliveryAttempt } from "./types.ts";

type Props = {
  /** The deliveries of one message, oldest first. */
  lives: readonly Delivery[];
  openId: string | null;
  onOpen: (attempt: DeliveryAttempt) => void;
};

const HEIGHT = 84;
const LINE = 40;
const EDGE = 28;
const colour = (tone: Tone): string => `var(--${tone}-solid)`;

/**
 * The tries of a message on a time axis, with the waits between them. A picture beside a list that says the same: it is
 * one image to a screen reader, and a shortcut to a pointer.
 */
export function AttemptsPicture({ lives, openId, onOpen }: Props) {
  const t = useTranslations("routes");
  const { pieces, width } = layout(lives);
  const tries = pieces.flatMap((piece) => (piece.kind === "try" ? [piece.attempt] : []));
  if (tries.length === 0) return null;
  const label = t("picture.label", { tries: tries.length, failed: tries.filter(({ outcome }) => outcome === "refused" || outcome === "unknown").length });
  return (
    <figure>
      {/* A region that scrolls must be reachable by keyboard. */}
      <div role="region" aria-label={t("picture.title")} tabIndex={0} className="scroll-thin overflow-x-auto overflow-y-hidden -outline-offset-2">
        <div className="relative" style={{ width: width + EDGE * 2, height: HEIGHT }}>
          <svg role="img" aria-label={label} width={width + EDGE * 2} height={HEIGHT} className="absolute inset-0">
            {pieces.map((piece) => (
              <Shape key={`${piece.kind} ${piece.x}`} piece={piece} open={piece.kind === "try" && piece.attempt.id === openId} onOpen={onOpen} />
            ))}
          </svg>
          {pieces.map((piece) => (
            <Words key={`${piece.kind} ${piece.x}`} piece={piece} />
          ))}
        </div>
      </div>
      {pieces.length > tries.length && <figcaption className="text-xs text-muted">{t("picture.scale")}</figcaption>}
    </figure>
  );
}

function Shape({ piece, open, onOpen }: { piece: Piece; open: boolean; onOpen: (attempt: DeliveryAttempt) => void }) {
  const from = EDGE + piece.x;
  const middle = from + piece.width / 2;
  if (piece.kind === "wait") return <line x1={from} x2={from + piece.width} y1={LINE} y2={LINE} stroke="var(--violet-solid)" strokeWidth={2} strokeDasharray={piece.open ? "3 4" : undefined} strokeOpacity={0.6} />;
  if (piece.kind === "gap") return <line x1={from} x2={from + piece.width} y1={LINE} y2={LINE} stroke="var(--red-solid)" strokeWidth={2} strokeDasharray="1 5" strokeLinecap="round" />;
  if (piece.kind === "due") return <circle cx={middle} cy={LINE} r={8} fill="var(--surface)" stroke="var(--violet-solid)" strokeWidth={1.5} strokeDasharray="3 2.5" />;
  const { attempt } = piece;
  const { tone } = ATTEMPT_FACES[attempt.outcome ?? "open"];
  return (
    <g onClick={() => onOpen(attempt)} className="cursor-pointer">
      {open && <circle cx={middle} cy={LINE} r={13} fill="none" stroke="var(--accent-text)" strokeWidth={2} />}
      <rect x={middle - 14} y={LINE - 26} width={28} height={52} fill="transparent" />
      <circle cx={middle} cy={LINE} r={9} fill={colour(tone)} />
      <Mark tone={tone} x={middle} />
    </g>
  );
}

/** What the colour says, as a shape: a tick, a cross, a question, a dot. */
function Mark({ tone, x }: { tone: Tone; x: number }) {
  const stroke = { fill: "none", stroke: "#fff", strokeWidth: 1.75, strokeLinecap: "round", strokeLinejoin: "round" } as const;
  if (tone === "green") return <path d={`M${x - 3.5} ${LINE}l2.5 2.75 4.5-5`} {...stroke} />;
  if (tone === "red") return <path d={`M${x - 3} ${LINE - 3}l6 6m0-6l-6 6`} {...stroke} />;
  if (tone === "amber") return <path d={`M${x - 2.5} ${LINE - 2.5}a2.5 2.25 0 1 1 2.5 2.75v1M${x} ${LINE + 4}v.1`} {...stroke} />;
  return <circle cx={x} cy={LINE} r={2.5} fill="#fff" />;
}

/** Times below the tries, lengths above the waits. */
function Words({ piece }: { piece: Piece }) {
  const t = useTranslations("routes");
  const format = useFormatter();
  const place = { left: EDGE + piece.x, width: piece.width };
  if (piece.kind === "wait" || piece.kind === "gap")
    return (
      <span aria-hidden className={cx("absolute top-3.5 overflow-visible text-center text-xs whitespace-nowrap", piece.kind === "gap" ? "text-red" : "text-muted")} style={place}>
        {piece.kind === "gap" ? t("picture.gap") : <Span ms={piece.ms} />}
      </span>
    );
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  return (
    <span aria-hidden className="absolute top-15 flex justify-center text-xs whitespace-nowrap text-muted tabular-nums" style={place}>
      <span>{piece.kind === "due" ? <NextTime iso={new Date(piece.at).toISOString()} /> : format.dateTime(Date.parse(piece.attempt.startedAt), clock)}</span>
    </span>
  );
}

/** How long a try took, or that it is under way. */
export function Took({ attempt }: { attempt: Pick<DeliveryAttempt, "durationMs"> }) {
  const t = useTranslations("routes");
  return attempt.durationMs === null ? <>{t("outcome.open")}</> : <Duration ms={attempt.durationMs} />;
}
