"use client";

import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import { BREAKER_FACES, ROUTE_FACES, standingOf } from "./faces.ts";
import type { Breaker, RouteRow } from "./types.ts";

type Props = { route: Pick<RouteRow, "state" | "heldBy" | "faultCode" | "sourceFaultCode">; look?: "soft" | "bare" };

/** How a route stands: its state, or what holds it. */
export function RouteState({ route, look = "soft" }: Props) {
  const t = useTranslations("routes");
  const standing = standingOf(route);
  const { tone, icon } = ROUTE_FACES[standing];
  const held = standing === "breaker" || standing === "full" || standing === "guard";
  return (
    <span title={standing === "unreadable" || standing === "undeliverable" ? undefined : t(`stateHelp.${standing}`)} className="inline-flex max-w-full align-middle">
      <Badge tone={tone} icon={icon} look={look}>
        {held ? t(`heldBy.${standing}`) : t(`state.${standing}`)}
      </Badge>
    </span>
  );
}

/** A breaker's state; null is a route without one. */
export function BreakerBadge({ breaker, look = "soft" }: { breaker: Pick<Breaker, "state"> | null; look?: "soft" | "bare" }) {
  const t = useTranslations("routes");
  if (breaker === null) return <span className="text-faint">{t("breaker.none")}</span>;
  const { tone, icon } = BREAKER_FACES[breaker.state];
  return (
    <Badge tone={tone} icon={icon} look={look}>
      {t(`breaker.${breaker.state}`)}
    </Badge>
  );
}
