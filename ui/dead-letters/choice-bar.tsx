"use client";

import { Ellipsis, X } from "lucide-react";
import { useTranslations } from "use-intl";
import { may, statesFor, type Act, type MessageState } from "#core/message/state.ts";
import { MAX_IDS } from "#core/selection.ts";
import { Button } from "../kit/button.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { Menu } from "../kit/menu.tsx";
import { slot } from "../kit/slot.ts";
import { ACT_ICONS } from "../operations/faces.ts";
import { useMayOperate } from "../operations/may-operate.ts";
import { CappedNum } from "./state-strip.tsx";
import type { MessageRow, StateCounts } from "./types.ts";
import type { Choice } from "./use-choice.ts";

type Props = { choice: Choice; rows: readonly MessageRow[]; states: readonly MessageState[]; counts: StateCounts | undefined; onAct: (act: Act) => void };

const ACT_NAMES: readonly Act[] = ["resend", "discard", "restore", "call_back", "mark_delivered", "mark_not_delivered"];
const IN_SIGHT = 3;
const KEYS: Partial<Record<Act, string>> = { resend: "r", discard: "d" };

/** How many there are, of the states that are shown; null when one of them is not known. */
const matching = (states: readonly MessageState[], counts: StateCounts | undefined): number | null =>
  states.reduce<number | null>((sum, state) => (sum === null || counts?.[state] == null ? null : sum + counts[state]), 0);

/** What is chosen and what can be done with it. */
export function ChoiceBar({ choice, rows, states, counts, onAct }: Props) {
  const t = useTranslations("messages");
  const ops = useTranslations("operations");
  const greyRole = useMayOperate();
  const total = matching(states, counts);
  const known = new Map(rows.map(({ id, state }) => [id, state]));
  const chosenStates = choice.all ? states : [...choice.rows.keys].flatMap((id) => known.get(id) ?? []);
  const elsewhere = !choice.all && chosenStates.length < choice.count;
  const grey = (act: Act): string | null => {
    if (greyRole !== null) return greyRole;
    if (choice.tooMany) return t("choice.tooMany", { max: MAX_IDS });
    const someMay = elsewhere || chosenStates.some((state) => may(act, state));
    return someMay ? null : t("choice.noneMay", { states: statesFor(act).map((state) => t(`stateWord.${state}`)).join(", ") });
  };
  // what can be done stands in sight; where nothing can, the usual two say why
  const possible = ACT_NAMES.filter((act) => grey(act) === null).slice(0, IN_SIGHT);
  const shown: readonly Act[] = possible.length > 0 ? possible : ["resend", "discard"];
  const wholePage = rows.length > 0 && rows.every(({ id }) => choice.rows.keys.has(id));
  return (
    <div role="region" aria-label={t("choice.label")} className="flex min-h-10 flex-wrap items-center gap-2 border-b bg-accent-soft px-3 py-1.5">
      <IconButton icon={X} size="sm" label={t("choice.clear")} onClick={choice.clear} />
      <span className="font-medium tabular-nums" aria-live="polite">
        {choice.all ? t.rich("choice.all", { number: slot(<CappedNum value={total} />) }) : t("choice.some", { count: choice.count })}
      </span>
      {!choice.all && wholePage && (total === null || total > choice.count) && (
        <Button size="sm" variant="ghost" onClick={choice.chooseAll}>
          {t.rich("choice.chooseAll", { number: slot(<CappedNum value={total} />) })}
        </Button>
      )}
      <span className="flex-1" />
      {shown.map((act, at) => {
        const Icon = ACT_ICONS[act];
        const reason = grey(act);
        return (
          <Button key={act} size="sm" variant={at === 0 && reason === null ? "primary" : "secondary"} disabledReason={reason} onClick={() => onAct(act)}>
            <Icon aria-hidden />
            {ops(`act.${act}`)}
            {KEYS[act] !== undefined && <Kbd keys={KEYS[act]} />}
          </Button>
        );
      })}
      <Menu
        trigger={<IconButton icon={Ellipsis} size="sm" variant="secondary" label={t("moreActions")} />}
        items={ACT_NAMES.filter((act) => !shown.includes(act)).map((act) => ({ label: ops(`act.${act}`), icon: ACT_ICONS[act], disabledReason: grey(act), onSelect: () => onAct(act) }))}
      />
    </div>
  );
}
