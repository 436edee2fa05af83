"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { topFrame } from "#core/message/stack-frames.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Button } from "../kit/button.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { slot } from "../kit/slot.ts";

const FOLDED = 6;
const MAX_LINES = 2_000;
/** Frames of libraries and runtimes, in the languages whose traces are known. */
const VENDOR = /node_modules|node:internal|\(internal\/|site-packages|dist-packages|\/vendor\/|\bat (?:java|javax|jdk|sun|org\.springframework|org\.apache|io\.netty|com\.rabbitmq|reactor)\.|\bat (?:System|Microsoft)\./;

/** A stack trace, folded to its first lines; frames of libraries are dimmed. Copy has the whole text. */
export function Stack({ stack }: { stack: string }) {
  const t = useTranslations("messages");
  const [open, setOpen] = useState(false);
  const lines = stack.split("\n");
  const shown = lines.slice(0, open ? MAX_LINES : FOLDED);
  const frame = topFrame(stack);
  const more = lines.length - FOLDED;
  return (
    <div className="overflow-hidden rounded border bg-sunken">
      <div className="flex min-h-7 items-center gap-1 border-b py-0.5 pr-1 pl-2.5 text-sm text-muted">
        <span className="min-w-0 flex-1 truncate">{frame === null ? t("stack.title") : t.rich("stack.at", { frame: slot(<BrokerText mono max={120}>{frame}</BrokerText>) })}</span>
        {more > 0 && (
          <Button size="sm" variant="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? t("stack.fold") : t("stack.unfold", { count: lines.length })}
          </Button>
        )}
        <CopyButton text={stack} label={t("stack.copy")} />
      </div>
      {/* A region that scrolls must be reachable by keyboard. */}
      <div role="region" aria-label={t("stack.title")} tabIndex={0} className="scroll-thin max-h-96 overflow-auto px-2.5 py-1.5 font-mono text-sm leading-4.5 -outline-offset-2">
        {shown.map((line, at) => (
          <div key={at} className={VENDOR.test(line.slice(0, 300)) ? "text-faint [&_bdi]:whitespace-pre" : "[&_bdi]:whitespace-pre"}>
            <BrokerText multiline max={1_000}>{line === "" ? " " : line}</BrokerText>
          </div>
        ))}
        {open && lines.length > MAX_LINES && <div className="text-muted">{t("stack.cut", { shown: MAX_LINES, count: lines.length })}</div>}
      </div>
    </div>
  );
}
