import { type LucideIcon, X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { softTone, solidTone, textTone, type Tone } from "./tone.ts";

type BadgeProps = {
  tone?: Tone;
  icon?: LucideIcon;
  /** soft: tinted ground; solid: full colour; bare: text only, for dense tables. */
  look?: "soft" | "solid" | "bare";
  className?: string;
  children: ReactNode;
};

const looks = { soft: softTone, solid: solidTone, bare: textTone };

/** A short word with a colour. The word must carry the meaning without the colour. */
export function Badge({ tone = "grey", icon: Icon, look = "soft", className, children }: BadgeProps) {
  return (
    <span
      className={cx(
        "inline-flex max-w-full items-center gap-1 rounded align-middle font-medium whitespace-nowrap",
        look === "bare" ? "gap-1.5" : "h-5 px-1.5 text-sm",
        looks[look][tone],
        className,
      )}
    >
      {Icon && <Icon aria-hidden className={cx("shrink-0", look === "bare" ? "size-3.5" : "size-3")} />}
      <span className="truncate">{children}</span>
    </span>
  );
}

type ChipProps = {
  children: ReactNode;
  /** With it the chip has a remove button, named by `removeLabel`. */
  onRemove?: () => void;
  removeLabel?: string;
};

/** A value that was chosen, such as one active filter. */
export function Chip({ children, onRemove, removeLabel }: ChipProps) {
  return (
    <span className="inline-flex h-6 max-w-full items-center rounded border border-line-strong bg-surface text-sm">
      <span className="truncate px-2">{children}</span>
      {onRemove && (
        <button
          type="button"
          aria-label={removeLabel}
          onClick={onRemove}
          className="grid h-full w-6 place-items-center border-l border-line text-muted hover:bg-hover hover:text-ink"
        >
          <X aria-hidden className="size-3" />
        </button>
      )}
    </span>
  );
}
