"use client";

import Link from "next/link";
import { useTranslations } from "use-intl";
import { Num } from "../kit/num.tsx";
import { Panel } from "../kit/page.tsx";
import { StateBadge } from "../states/state-badge.tsx";
import type { Group } from "./group-page.tsx";

/** Where the group's messages stand, each a link to them. */
export function GroupStates({ group }: { group: Group }) {
  const t = useTranslations("groups");
  return (
    <Panel flush>
      <ul aria-label={t("states")} className="flex flex-wrap">
        {group.states.map(({ state, count }) => (
          <li key={state} className="min-w-32 border-r last:border-r-0">
            <Link href={`/messages?group=${group.id}&state=${state}`} className="grid gap-1 px-3.5 py-2.5 -outline-offset-2 hover:bg-hover">
              <StateBadge state={state} look="bare" />
              <Num value={count.count} kind={count.capped ? "at_least" : "exact"} className="text-xl font-semibold tracking-tight" />
            </Link>
          </li>
        ))}
        {group.states.length === 0 && <li className="px-3.5 py-3 text-muted">{t("noMessages")}</li>}
      </ul>
    </Panel>
  );
}
