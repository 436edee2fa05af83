"use client";

import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "use-intl";
import { cx } from "../kit/cx.ts";
import { Kbd } from "../kit/kbd.tsx";
import { Tooltip } from "../kit/tooltip.tsx";
import { isWithin, NAV, type NavItem } from "./nav.ts";
import { Wordmark } from "./wordmark.tsx";

type Props = { collapsed: boolean; onCollapse: (collapsed: boolean) => void };

/** Where one can go. On a narrow screen it is always icons only. */
export function Rail({ collapsed, onCollapse }: Props) {
  const t = useTranslations("shell");
  const pathname = usePathname();
  const Icon = collapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <aside className={cx("flex w-12 shrink-0 flex-col border-r bg-sunken", !collapsed && "md:w-48")}>
      <Link href="/" aria-label={t("home")} className="flex h-11 items-center gap-2 border-b px-3.5 -outline-offset-2">
        <Wordmark compact={collapsed} />
      </Link>
      <nav aria-label={t("navigation")} className="flex flex-1 flex-col gap-0.5 p-2">
        {NAV.map((item) => (
          <RailLink key={item.href} item={item} collapsed={collapsed} active={isWithin(item.href, pathname)} />
        ))}
      </nav>
      <div className="hidden border-t p-2 md:block">
        <button
          type="button"
          aria-expanded={!collapsed}
          onClick={() => onCollapse(!collapsed)}
          className="flex h-7 w-full items-center gap-2.5 rounded px-2 text-muted hover:bg-hover hover:text-ink"
        >
          <Icon aria-hidden className="size-4 shrink-0" />
          <span className={cx(collapsed && "sr-only")}>{collapsed ? t("expandRail") : t("collapseRail")}</span>
        </button>
      </div>
    </aside>
  );
}

function RailLink({ item, collapsed, active }: { item: NavItem; collapsed: boolean; active: boolean }) {
  const t = useTranslations("shell");
  const name = t(`nav.${item.name}`);
  const link = (
    <Link
      href={item.href}
      aria-current={active ? "page" : undefined}
      className={cx(
        "relative flex h-7 items-center gap-2.5 rounded px-2 text-muted hover:bg-hover hover:text-ink",
        active &&
          "bg-hover font-medium text-ink before:absolute before:inset-y-1.5 before:-left-2 before:w-0.5 before:bg-accent-text",
      )}
    >
      <item.icon aria-hidden className="size-4 shrink-0" />
      <span className={cx("truncate max-md:sr-only", collapsed && "sr-only")}>{name}</span>
    </Link>
  );
  if (!collapsed) return link;
  return (
    <Tooltip
      side="right"
      content={
        <span className="flex items-center gap-2">
          {name} <Kbd keys={item.keys} />
        </span>
      }
    >
      {link}
    </Tooltip>
  );
}
