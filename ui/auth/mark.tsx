/** The sign of Redrive: a line that turns back to where it came from. */
export function Mark({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden className={className} fill="none" stroke="currentColor" strokeWidth="2.5">
      <path d="M3 17h11.5a5 5 0 0 0 0-10H8" strokeLinecap="square" />
      <path d="m11.5 3-4 4 4 4" strokeLinecap="square" />
    </svg>
  );
}
