import {
  Activity,
  Layers,
  LayoutDashboard,
  ListTree,
  type LucideIcon,
  MailX,
  Route,
  ScrollText,
  Settings,
} from "lucide-react";
import type { Messages } from "use-intl";

export type NavItem = {
  readonly href: string;
  readonly name: keyof Messages["shell"]["nav"];
  readonly icon: LucideIcon;
  readonly keys: string;
};

/** The rooms of the console, in the order of the rail. */
export const NAV: readonly NavItem[] = [
  { href: "/", name: "overview", icon: LayoutDashboard, keys: "g o" },
  { href: "/messages", name: "messages", icon: MailX, keys: "g d" },
  { href: "/groups", name: "groups", icon: Layers, keys: "g g" },
  { href: "/operations", name: "operations", icon: Activity, keys: "g p" },
  { href: "/queues", name: "queues", icon: ListTree, keys: "g q" },
  { href: "/routes", name: "routes", icon: Route, keys: "g r" },
  { href: "/audit", name: "audit", icon: ScrollText, keys: "g a" },
  { href: "/settings", name: "settings", icon: Settings, keys: "g s" },
];

/** Whether the address lies within the item's room. */
export const isWithin = (href: string, pathname: string): boolean =>
  href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
