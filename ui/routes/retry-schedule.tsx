"use client";

import { useTranslations } from "use-intl";
import { schedule, type RetryPolicy, type ScheduleRow } from "#core/route/backoff.ts";
import { cx } from "../kit/cx.ts";
import { slot } from "../kit/slot.ts";
import { Duration } from "../kit/time.tsx";
import { ScheduleCurve } from "./schedule-curve.tsx";

/** Rows of the table; the curve has all that `schedule` gives. */
const ROWS = 12;

/** When a message is tried again: every try as a table, and the waits as a curve. */
export function RetrySchedule({ policy, narrow = false }: { policy: RetryPolicy; /** The curve above the table instead of beside it. */ narrow?: boolean }) {
  const t = useTranslations("routes");
  const rows = schedule(policy);
  const last = rows.at(-1);
  const { maxAgeSeconds } = policy;
  if (rows.length < 2 || last === undefined) return <p className="text-muted">{t("schedule.once")}</p>;
  // what maxAge ends is not "more tries"
  const tries = maxAgeSeconds === null ? policy.maxAttempts : rows.length;
  const shown = rows.length <= ROWS ? rows : rows.slice(0, ROWS);
  const more = tries - shown.length;
  return (
    <div className="grid min-w-0 gap-3">
      <p>
        {rows.length < tries ? null : t.rich("schedule.sum", { tries, latest: slot(<Span ms={last.latest} />) })}
        {maxAgeSeconds !== null && <> {t.rich("schedule.maxAge", { age: slot(<Span ms={maxAgeSeconds * 1_000} />) })}</>}
      </p>
      <div className={cx("grid min-w-0 items-start gap-x-6 gap-y-3", !narrow && "sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]")}>
        <ScheduleCurve rows={rows} />
        <div className="min-w-0">
          <table className="w-full" aria-label={t("schedule.table")}>
            <thead>
              <tr className="text-left text-sm text-muted">
                <th scope="col" className="pr-3 font-medium">
                  {t("schedule.try")}
                </th>
                <th scope="col" className="pr-3 text-right font-medium">
                  {t("schedule.wait")}
                </th>
                <th scope="col" className="text-right font-medium">
                  {t("schedule.after")}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.attempt} className="border-t">
                  <td className="pr-3">{row.attempt}</td>
                  <td className="pr-3 text-right">{row.attempt === 1 ? <span className="text-muted">{t("schedule.at_once")}</span> : <Range min={row.min} max={row.max} />}</td>
                  <td className="text-right text-muted">
                    <Range min={row.earliest} max={row.latest} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {more > 0 && <p className="mt-1 text-sm text-muted">{t("schedule.more", { count: more })}</p>}
        </div>
      </div>
      <p className="text-sm text-muted">{t("schedule.retryAfter")}</p>
    </div>
  );
}

/** A length of time without the hair: 1.5 s is 2s here, and nothing is 0. */
export function Span({ ms }: { ms: number }) {
  return <Duration ms={ms < 10_000 ? Math.round(ms / 10) * 10 : Math.round(ms / 1_000) * 1_000} />;
}

function Range({ min, max }: Pick<ScheduleRow, "min" | "max">) {
  if (Math.round(min) === Math.round(max)) return max === 0 ? 0 : <Span ms={max} />;
  return (
    <>
      {min === 0 ? 0 : <Span ms={min} />} – <Span ms={max} />
    </>
  );
}
