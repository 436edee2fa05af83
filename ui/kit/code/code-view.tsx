"use client";

import { WrapText } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { Unseen } from "../broker-text.tsx";
import { Button } from "../button.tsx";
import { CopyButton } from "../copy-button.tsx";
import { cx } from "../cx.ts";
import { IconButton } from "../icon-button.tsx";
import { usePreference } from "../preferences.tsx";
import { visibleParts } from "../visible-text.ts";
import { type JsonTokenKind, tokenizeJsonLine } from "./json-tokens.ts";

type Props = {
  text: string;
  /** Names the region for screen readers. */
  label: string;
  /** json: coloured by a tokenizer; the text itself is shown as it is, so make it pretty before. */
  language?: "text" | "json";
  /** Characters drawn at first; the reader can ask for more. */
  maxChars?: number;
  /** In the bar above, e.g. size and encoding. */
  info?: ReactNode;
  /** In the bar above, e.g. a download link. */
  actions?: ReactNode;
  className?: string;
};

const colours: Record<JsonTokenKind, string | undefined> = {
  key: "text-blue",
  string: "text-green",
  number: "text-violet",
  literal: "text-amber",
  mark: "text-muted",
  text: undefined,
};

/** Lines cost as well: so many characters buy one of them. */
const CHARS_A_LINE = 32;

/** Text in mono with line numbers, bounded. What is unseen in it (bidi, zero-width, controls) is shown. */
export function CodeView({ text, label, language = "text", maxChars = 64_000, info, actions, className }: Props) {
  const t = useTranslations("kit");
  const [wrap, setWrap] = usePreference("code.wrap", true);
  const [limit, setLimit] = useState(maxChars);
  const lines = text.slice(0, limit).split("\n", Math.ceil(limit / CHARS_A_LINE));
  const shown = lines.reduce((sum, line) => sum + line.length + 1, -1);
  const cut = shown < text.length;
  return (
    <div className={cx("flex min-h-0 min-w-0 flex-col rounded border bg-sunken", className)}>
      <div className="flex h-8 shrink-0 items-center gap-1 border-b pr-1 pl-3 text-sm text-muted">
        <div className="min-w-0 flex-1 truncate">{info}</div>
        {actions}
        <IconButton
          icon={WrapText}
          label={t("wrapLines")}
          size="sm"
          aria-pressed={wrap}
          onClick={() => setWrap(!wrap)}
          className={cx(wrap && "text-accent-text")}
        />
        <CopyButton text={text} label={t("copyAll")} />
      </div>
      {/* A region that scrolls must be reachable by keyboard. */}
      <div
        role="region"
        aria-label={label}
        tabIndex={0}
        className="scroll-thin min-h-0 flex-1 overflow-auto py-1.5 font-mono text-sm leading-4.5 -outline-offset-2"
      >
        <div className={cx("grid grid-cols-[auto_1fr]", !wrap && "w-max min-w-full")}>
          {lines.map((line, at) => (
            <Line key={at} number={at + 1} line={line} json={language === "json"} wrap={wrap} />
          ))}
        </div>
      </div>
      {cut && (
        <div className="flex items-center gap-2 border-t px-3 py-1.5 text-sm text-muted">
          <span className="flex-1">{t("codeCut", { shown, total: text.length })}</span>
          <Button size="sm" onClick={() => setLimit(limit * 4)}>
            {t("showMore")}
          </Button>
        </div>
      )}
    </div>
  );
}

type LineProps = { number: number; line: string; json: boolean; wrap: boolean };

function Line({ number, line, json, wrap }: LineProps) {
  return (
    <>
      <span aria-hidden className="min-w-11 pr-3 pl-2 text-right text-faint tabular-nums select-none">
        {number}
      </span>
      <span className={cx("pr-3", wrap ? "break-all whitespace-pre-wrap" : "whitespace-pre")}>
        {json
          ? tokenizeJsonLine(line).map(({ kind, text }, at) => (
              <span key={at} className={colours[kind]}>
                <Shown text={text} />
              </span>
            ))
          : line && <Shown text={line} />}
        {line === "" && "\n"}
      </span>
    </>
  );
}

function Shown({ text }: { text: string }) {
  return visibleParts(text, true).map((part, at) => (part.unseen ? <Unseen key={at} code={part.text} /> : part.text));
}
