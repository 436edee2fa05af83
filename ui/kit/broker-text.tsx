import { cx } from "./cx.ts";
import { visibleParts } from "./visible-text.ts";

type Props = {
  children: string;
  /** Characters drawn at most; the rest becomes an ellipsis. */
  max?: number;
  /** Line feeds and tabs are kept instead of shown. */
  multiline?: boolean;
  mono?: boolean;
  className?: string;
};

/** Text that came from outside, as text: what is unseen in it is shown by its code, and its direction stays its own. */
export function BrokerText({ children, max = 2_000, multiline = false, mono = false, className }: Props) {
  const cut = children.length > max;
  const parts = visibleParts(cut ? children.slice(0, max) : children, multiline);
  return (
    <bdi className={cx(mono && "font-mono text-sm", multiline && "whitespace-pre-wrap", className)}>
      {parts.map(({ text, unseen }, at) => (unseen ? <Unseen key={at} code={text} /> : text))}
      {cut && "…"}
    </bdi>
  );
}

/** One unseen character, by its code. */
export function Unseen({ code }: { code: string }) {
  return (
    <span className="mx-px rounded-[3px] bg-amber-soft px-0.5 font-mono text-[0.85em] text-amber ring-1 ring-current/25 ring-inset">
      {code}
    </span>
  );
}
