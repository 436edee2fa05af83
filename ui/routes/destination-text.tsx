import { FileCode, Globe, ListTree, type LucideIcon } from "lucide-react";
import { BrokerText } from "../kit/broker-text.tsx";
import { cx } from "../kit/cx.ts";
import { visibleText } from "../kit/visible-text.ts";
import { targetText } from "../operations/target-text.ts";
import type { RouteRow } from "./types.ts";

type Destination = RouteRow["destination"];

const ICONS: Record<Destination["kind"], LucideIcon> = { http: Globe, queue: ListTree, module: FileCode };

/** A destination in one line: method and address, place and connection, or file. */
function destinationWords(destination: Destination): string {
  switch (destination.kind) {
    case "http":
      return `${destination.method} ${visibleText(destination.url, 300)}`;
    case "queue":
      return `${targetText(destination.target)}${destination.connection === null ? "" : ` · ${visibleText(destination.connection, 80)}`}`;
    case "module":
      return visibleText(destination.file);
  }
}

/** What tells it from others where there is little room: the host without scheme and method, the place without its connection. */
function shortWords(destination: Destination): string {
  if (destination.kind === "http") return visibleText(destination.url.replace(/^https?:\/\//, ""), 200);
  return destination.kind === "queue" ? targetText(destination.target) : destinationWords(destination);
}

/** What a breaker protects: the whole host for HTTP, the place or the file. */
export const protectedWords = ({ destination, destinationKey }: { readonly destination: Destination; readonly destinationKey: string }): string =>
  destination.kind === "http" ? visibleText(destinationKey.replace(/^http /, ""), 120) : destinationWords(destination);

/** A destination with its icon, cut where there is no room; the whole of it on hover. */
export function DestinationText({ destination, short = false, className }: { destination: Destination; short?: boolean; className?: string }) {
  const Icon = ICONS[destination.kind];
  const words = destinationWords(destination);
  return (
    <span title={words} className={cx("inline-flex max-w-full min-w-0 items-center gap-1.5", className)}>
      <Icon aria-hidden className="size-3.5 shrink-0 text-muted" />
      <span className="min-w-0 truncate">
        <BrokerText mono>{short ? shortWords(destination) : words}</BrokerText>
      </span>
    </span>
  );
}
