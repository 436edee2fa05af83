"use client";

import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "../button.tsx";
import { CopyButton } from "../copy-button.tsx";
import { cx } from "../cx.ts";
import { hexRows } from "./hex-rows.ts";

type Props = { bytes: Uint8Array; label: string; info?: ReactNode; actions?: ReactNode; className?: string };

const FIRST = 4_096;
const plainHex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Bytes as they are: offset, hex, ASCII. Bounded; the reader can ask for more. */
export function HexView({ bytes, label, info, actions, className }: Props) {
  const t = useTranslations("kit");
  const [limit, setLimit] = useState(FIRST);
  return (
    <div className={cx("flex min-h-0 min-w-0 flex-col rounded border bg-sunken", className)}>
      <div className="flex h-8 shrink-0 items-center gap-1 border-b pr-1 pl-3 text-sm text-muted">
        <div className="min-w-0 flex-1 truncate">{info}</div>
        {actions}
        <CopyButton text={() => plainHex(bytes)} label={t("copyHex")} />
      </div>
      {/* A region that scrolls must be reachable by keyboard. */}
      <div
        role="region"
        aria-label={label}
        tabIndex={0}
        className="scroll-thin min-h-0 flex-1 overflow-auto px-3 py-1.5 -outline-offset-2"
      >
        <pre className="w-max font-mono text-sm leading-4.5">
          {hexRows(bytes, limit).map(({ offset, hex, ascii }) => (
            <span key={offset}>
              <span className="text-faint select-none">{offset}</span>
              {"  "}
              {hex}
              {"  "}
              <span className="text-muted">{ascii}</span>
              {"\n"}
            </span>
          ))}
        </pre>
      </div>
      {bytes.length > limit && (
        <div className="flex items-center gap-2 border-t px-3 py-1.5 text-sm text-muted">
          <span className="flex-1">{t("bytesCut", { shown: limit, total: bytes.length })}</span>
          <Button size="sm" onClick={() => setLimit(limit * 4)}>
            {t("showMore")}
          </Button>
        </div>
      )}
    </div>
  );
}
