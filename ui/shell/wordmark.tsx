import { cx } from "../kit/cx.ts";

/** The name and its sign: a line that ran into a wall, turned round and goes on. */
export function Wordmark({ compact = false }: { compact?: boolean }) {
  return (
    <>
      <svg
        aria-hidden
        viewBox="0 0 20 20"
        className="size-5 shrink-0 text-accent-text"
        fill="none"
        stroke="currentColor"
      >
        <path d="M3 5.5h8.5a4.25 4.25 0 0 1 0 8.5H6" strokeWidth="2" strokeLinecap="round" />
        <path d="m9 10.75-3.5 3.25L9 17.25" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
        <path d="M17.5 3v14" strokeWidth="2" strokeLinecap="round" className="text-ink" stroke="currentColor" />
      </svg>
      <span className={cx("text-lg font-semibold tracking-tight max-md:sr-only", compact && "sr-only")}>Redrive</span>
    </>
  );
}
