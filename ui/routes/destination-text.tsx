import { FileCode, Globe, ListTree, type LucideIcon } from "lucide-react";
import { BrokerText } from "../kit/broker-text.tsx";
import { cx } from "../kit/cx.ts";
import { visibleText } from "../kit/visible-text.ts";
import { targetText } from "../operations/target-text.ts";
import type { RouteRow } from "./types.ts";

type Destination = RouteRow["destination"];

const ICONS: Record<Destination["kind"], LucideIcon> = { http: Globe, queue: ListTree, module: FileCode };

/** A destination in one line: method and address, place and connection, or file. */
export function destinationWords(destination: Destination): string {
  switch (destination.kind) {
    case "http":
      return `${destination.method} ${visibleText(destination.url, 300)}`;
    case "queue":
      return `${targetText(destination.target)}${destination.connection === null ? "" : ` · ${visibleText(destination.connection, 80)}`}`;
    case "module":
      return visibleText(destination.file);
  }
}

/** The same with its icon, cut where there is no room. */
export function DestinationText({ destination, className }: { destination: Destination; className?: string }) {
  const Icon = ICONS[destination.kind];
  const words = destinationWords(destination);
  return (
    <span title={words} className={cx("inline-flex max-w-full min-w-0 items-center gap-1.5", className)}>
      <Icon aria-hidden className="size-3.5 shrink-0 text-muted" />
      <span className="min-w-0 truncate">
        <BrokerText mono>{words}</BrokerText>
      </span>
    </span>
  );
}
