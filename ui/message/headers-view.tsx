"use client";

import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { STAMPS } from "#core/lineage.ts";
import { floatOf, type Header, type TypedValue } from "#core/message/header.ts";
import { Badge } from "../kit/badge.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { cx } from "../kit/cx.ts";
import { EmptyState } from "../kit/empty-state.tsx";
import { Time } from "../kit/time.tsx";
import { valueText } from "../operations/header-line.ts";

type Props = { headers: readonly Header[] | null; aside: ReactNode };

const OURS = new Set<string>(Object.values(STAMPS));
/** Headers that a broker writes itself. */
const BROKERS = /^x-(?:death$|(?:first|last)-death-|delivery-count$|acquired-count$|opt-deaths$|stream-offset$)/;

/** Every header in its place: name, type and value; tables open. */
export function HeadersView({ headers, aside }: Props) {
  const t = useTranslations("messages");
  return (
    <div className="scroll-thin flex h-full min-h-0 flex-col overflow-auto">
      {aside && <div className="flex justify-end border-b px-3 py-2">{aside}</div>}
      {headers === null ? (
        <EmptyState title={t("headers.tooLong")}>{t("headers.tooLongHelp")}</EmptyState>
      ) : headers.length === 0 ? (
        <EmptyState title={t("headers.none")} />
      ) : (
        <table className="w-full table-fixed border-separate border-spacing-0" aria-label={t("view.headers")}>
          <thead>
            <tr className="text-left text-sm text-muted">
              <th scope="col" className="sticky top-0 z-10 h-8 w-[38%] border-b bg-sunken px-3 font-medium">{t("headers.name")}</th>
              <th scope="col" className="sticky top-0 z-10 w-24 border-b bg-sunken px-3 font-medium">{t("headers.type")}</th>
              <th scope="col" className="sticky top-0 z-10 border-b bg-sunken px-3 font-medium">{t("headers.value")}</th>
            </tr>
          </thead>
          <tbody>
            {headers.map((header, at) => (
              <HeaderRow key={at} header={header} depth={0} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const MAX_DEPTH = 12;
const childrenOf = (value: TypedValue): Header[] =>
  value.t === "table" ? [...value.v] : value.t === "array" ? value.v.map((each, at) => ({ name: `[${at}]`, value: each })) : [];

function HeaderRow({ header, depth }: { header: Header; depth: number }) {
  const t = useTranslations("messages");
  const { name, value } = header;
  const children = depth < MAX_DEPTH ? childrenOf(value) : [];
  const [open, setOpen] = useState(depth > 0);
  const nested = children.length > 0;
  return (
    <>
      <tr className="group/header align-top hover:bg-hover">
        <td className="border-b px-3 py-1.5" style={{ paddingLeft: `${0.75 + depth}rem` }}>
          <span className="flex items-start gap-1">
            {nested ? (
              <button type="button" aria-expanded={open} aria-label={t(open ? "headers.close" : "headers.open")} onClick={() => setOpen(!open)} className="-ml-1 grid size-5 shrink-0 place-items-center rounded text-muted hover:text-ink">
                <ChevronRight aria-hidden className={cx("size-3.5 transition-transform", open && "rotate-90")} />
              </button>
            ) : null}
            <span className="min-w-0 break-words">
              <BrokerText mono max={255}>{name}</BrokerText>
              {depth === 0 && OURS.has(name) && <span className="ml-1.5"><Badge tone="violet">Redrive</Badge></span>}
              {depth === 0 && BROKERS.test(name) && <span className="ml-1.5"><Badge>{t("headers.broker")}</Badge></span>}
            </span>
          </span>
        </td>
        <td className="truncate border-b px-3 py-1.5 font-mono text-sm leading-5 text-muted">{value.t}</td>
        <td className="border-b px-3 py-1.5">
          <span className="flex items-start gap-1">
            <span className="min-w-0 flex-1 break-words">
              {nested ? <span className="text-muted">{t("headers.items", { count: children.length })}</span> : <Value value={value} />}
            </span>
            <CopyButton text={() => valueText(value)} className="-my-0.5 opacity-0 group-hover/header:opacity-100 focus-visible:opacity-100" />
          </span>
        </td>
      </tr>
      {open && children.map((child, at) => <HeaderRow key={at} header={child} depth={depth + 1} />)}
    </>
  );
}

const FOLDED = 300;
const MAX_SHOWN = 20_000;

function Value({ value }: { value: TypedValue }) {
  const t = useTranslations("messages");
  if (value.t === "void") return <span className="text-muted">{t("headers.void")}</span>;
  if (value.t === "float32" || value.t === "float64") return <code className="font-mono text-sm">{floatOf(value)}</code>;
  if (value.t === "timestamp") {
    const ms = Number(value.v) * 1_000;
    return (
      <span className="flex flex-wrap gap-x-2">
        <code className="font-mono text-sm">{value.v}</code>
        {Number.isSafeInteger(ms) && ms < 8.64e15 && <Time iso={new Date(ms).toISOString()} look="exact" className="text-sm text-muted" />}
      </span>
    );
  }
  return <LongText>{valueText(value)}</LongText>;
}

/** A text whose end is folded away when it is long: a stack trace must not push the other headers off the screen. */
function LongText({ children }: { children: string }) {
  const t = useTranslations("messages");
  const [open, setOpen] = useState(false);
  const long = children.length > FOLDED;
  return (
    <>
      <BrokerText mono multiline max={open ? MAX_SHOWN : FOLDED}>
        {children}
      </BrokerText>
      {long && (
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="ml-1 text-sm text-muted underline underline-offset-2 hover:text-ink">
          {open ? t("headers.less") : t("headers.more", { count: children.length - FOLDED })}
        </button>
      )}
    </>
  );
}
