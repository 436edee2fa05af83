"use client";

import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import { type ComponentProps, type MouseEvent, type ReactNode, useId } from "react";
import { cx } from "./cx.ts";
import { Tooltip } from "./tooltip.tsx";

const look = cva(
  "relative inline-flex shrink-0 items-center justify-center gap-1.5 rounded border font-medium whitespace-nowrap select-none transition-colors duration-75 [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "border-transparent bg-accent text-accent-ink hover:bg-accent-hover",
        secondary: "border-line-strong bg-surface text-ink hover:bg-hover",
        ghost: "border-transparent text-muted hover:bg-hover hover:text-ink",
        danger: "border-transparent bg-red-solid text-on-solid hover:brightness-110",
      },
      size: { sm: "h-6 px-2 text-sm", md: "h-7 px-2.5", lg: "h-8 px-3.5" },
      square: { true: "px-0", false: "" },
    },
    compoundVariants: [
      { square: true, size: "sm", class: "w-6" },
      { square: true, size: "md", class: "w-7" },
      { square: true, size: "lg", class: "w-8" },
    ],
    defaultVariants: { variant: "secondary", size: "md", square: false },
  },
);

const OFF = "cursor-not-allowed border-line bg-hover text-faint hover:bg-hover hover:text-faint hover:brightness-100";

type Look = VariantProps<typeof look>;

export type ButtonProps = Omit<ComponentProps<"button">, "disabled"> &
  Omit<Look, "square"> & {
    /** Square, for a single icon; give it an `aria-label`, or use IconButton. */
    square?: boolean;
    /** Under way: keeps its width, refuses clicks, says so to screen readers. */
    busy?: boolean;
    /**
     * Why it can not be pressed now, as a sentence. Such a button stays reachable by keyboard and shows the reason;
     * null or undefined: it can be pressed.
     */
    disabledReason?: string | null | undefined;
    /** Shown on hover while it can be pressed. */
    hint?: ReactNode;
  };

const refuse = (event: MouseEvent) => event.preventDefault();

/** A button whose text is what will happen. There is no bare `disabled`: grey buttons say why. */
export function Button({
  variant,
  size,
  square,
  busy = false,
  disabledReason,
  hint,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  const off = Boolean(disabledReason);
  const button = (
    <button
      {...rest}
      // A submit button that is off must not submit on Enter either.
      type={off || busy ? "button" : type}
      aria-disabled={off || busy || undefined}
      aria-busy={busy || undefined}
      aria-describedby={off ? reasonId : rest["aria-describedby"]}
      onClick={off || busy ? refuse : onClick}
      className={cx(look({ variant, size, square }), off && OFF, className)}
    >
      {busy ? <Busy>{children}</Busy> : children}
      {off && (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      )}
    </button>
  );
  const content = off ? disabledReason : hint;
  return content ? <Tooltip content={content}>{button}</Tooltip> : button;
}

function Busy({ children }: { children: ReactNode }) {
  return (
    <>
      <span className="absolute inset-0 grid place-items-center">
        <LoaderCircle aria-hidden className="animate-turn" />
      </span>
      <span className="inline-flex items-center gap-1.5 opacity-0">{children}</span>
    </>
  );
}

type ButtonLinkProps = ComponentProps<typeof Link> & Omit<Look, "square">;

/** A link that looks like a button, for going somewhere rather than doing something. */
export function ButtonLink({ variant, size, className, ...rest }: ButtonLinkProps) {
  return <Link {...rest} className={cx(look({ variant, size }), className)} />;
}
