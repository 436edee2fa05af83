const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.:](\d{1,9}))? ?(?:(Z)|([+-])(\d\d):(\d\d))$/;

/** ISO 8601 UTC with milliseconds, or null outside of the years 1 to 9999, which Postgres and people can read. */
function iso(ms: number): string | null {
  if (!Number.isFinite(ms)) return null;
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString() : null;
}

/** ISO of milliseconds since the epoch, or null. */
export const isoOfMs = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** ISO of milliseconds since the epoch in decimal text, or null. */
export const isoOfMsText = (ms: string | null | undefined): string | null => (ms != null && /^\d{1,16}$/.test(ms) ? iso(Number(ms)) : null);

/** ISO of seconds since the epoch in decimal text, or null. */
export const isoOfSeconds = (seconds: string | undefined): string | null =>
  seconds !== undefined && /^\d{1,18}$/.test(seconds) ? iso(Number(seconds) * 1000) : null;

/**
 * ISO of a text time with a zone: RFC 3339, .NET "O" (7 digits of fraction), NServiceBus (a blank after the date, a
 * colon before the fraction). The fraction is cut to milliseconds. Null for anything else and for impossible dates.
 */
export function isoOfText(text: string | null): string | null {
  const parts = text === null || text.length > 40 ? null : DATE_TIME.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, fraction = "", zulu, sign, offsetHour, offsetMinute] = parts;
  const ms = Number(fraction.padEnd(3, "0").slice(0, 3));
  const local = new Date(
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), ms),
  );
  const possible =
    local.getUTCFullYear() === Number(year) &&
    local.getUTCMonth() === Number(month) - 1 &&
    local.getUTCDate() === Number(day) &&
    local.getUTCMinutes() === Number(minute);
  if (!possible) return null;
  if (zulu !== undefined) return iso(local.getTime());
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return iso(local.getTime() + (sign === "-" ? offset : -offset));
}

const TICKS_PER_MS = 10_000n;
/** .NET's ticks, 100 ns each since the year 1, at the epoch. */
const EPOCH_TICKS = 621_355_968_000_000_000n;

/** ISO of .NET ticks in decimal text, or null. */
export const isoOfTicks = (ticks: string | null): string | null =>
  ticks !== null && /^\d{1,19}$/.test(ticks) ? iso(Number((BigInt(ticks) - EPOCH_TICKS) / TICKS_PER_MS)) : null;
