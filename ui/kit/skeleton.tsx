import { cx } from "./cx.ts";

/** A grey stand-in with the size its class names give. Put `aria-busy` on the region that loads. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx("block h-3 animate-breathe rounded bg-hover", className)} />;
}
