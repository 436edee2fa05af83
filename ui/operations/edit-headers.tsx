"use client";

import { Plus, Trash2 } from "lucide-react";
import { useTranslations } from "use-intl";
import { text, type Header } from "#core/message/header.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Button } from "../kit/button.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { Input } from "../kit/text-field.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { headerLine } from "./header-line.ts";

type Props = { headers: readonly Header[]; onChange: (headers: readonly Header[]) => void };

/** Text values can be edited, any header taken out, text headers added. Other types are kept bit for bit. */
export function EditHeaders({ headers, onChange }: Props) {
  const t = useTranslations("operations");
  const replace = (at: number, header: Header) => onChange(headers.map((old, index) => (index === at ? header : old)));
  return (
    <div className="scroll-thin grid h-full content-start gap-1 overflow-auto pt-2">
      <p className="mb-1 text-sm text-muted">{t("edit.headersHelp")}</p>
      {headers.map((header, at) => (
        <div key={at} className="grid grid-cols-[minmax(8rem,16rem)_4.5rem_1fr_auto] items-center gap-2">
          {header.value.t === "text" ? (
            <Input
              mono
              aria-label={t("edit.headerName")}
              value={header.name}
              maxLength={255}
              spellCheck={false}
              onChange={(event) => replace(at, { ...header, name: event.target.value })}
            />
          ) : (
            <span className="truncate px-2 font-mono text-sm">
              <BrokerText max={120}>{header.name}</BrokerText>
            </span>
          )}
          <span className="truncate text-sm text-muted">{header.value.t}</span>
          {header.value.t === "text" ? (
            <Input
              mono
              aria-label={t("edit.headerValue", { name: visibleText(header.name, 60) })}
              value={header.value.v}
              spellCheck={false}
              onChange={(event) => replace(at, text(header.name, event.target.value))}
            />
          ) : (
            <span className="truncate font-mono text-sm text-muted" title={t("edit.keptAsIs")}>
              <BrokerText max={200}>{headerLine(header).slice(header.name.length + 2)}</BrokerText>
            </span>
          )}
          <IconButton
            icon={Trash2}
            size="sm"
            label={t("edit.removeHeader", { name: visibleText(header.name, 60) })}
            onClick={() => onChange(headers.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <div className="mt-1">
        <Button size="sm" onClick={() => onChange([...headers, text("", "")])}>
          <Plus aria-hidden />
          {t("edit.addHeader")}
        </Button>
      </div>
    </div>
  );
}
