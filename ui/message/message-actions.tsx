"use client";

import { Ellipsis, FilePenLine, type LucideIcon } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Act } from "#core/message/state.ts";
import { Button, type ButtonProps } from "../kit/button.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { Menu } from "../kit/menu.tsx";
import { ACT_ICONS } from "../operations/faces.ts";
import { useMayOperate } from "../operations/may-operate.ts";
import type { MessageDetail } from "./types.ts";

/** An act, or an edit before a resend. */
export type AskedAct = Act | "edit";

type Props = { message: Pick<MessageDetail, "state" | "may">; onAct: (act: AskedAct) => void; size?: ButtonProps["size"]; /** Whether their keys act on this message now. */ keys?: boolean };

/** The acts that stand in sight in each state; the others are in the menu. The first one is what one mostly wants. */
const IN_SIGHT: Record<MessageDetail["state"], readonly AskedAct[]> = {
  dead: ["resend", "edit", "discard"],
  in_doubt: ["mark_delivered", "mark_not_delivered", "resend"],
  queued: ["call_back", "resend", "edit"],
  sending: ["resend", "edit", "discard"],
  resent: ["resend", "edit", "discard"],
  resolved: ["resend", "edit", "discard"],
  discarded: ["restore", "resend", "edit"],
};
const ALL: readonly AskedAct[] = ["resend", "edit", "discard", "restore", "call_back", "mark_delivered", "mark_not_delivered"];
const KEYS: Partial<Record<AskedAct, string>> = { resend: "r", edit: "e", discard: "d" };
const iconOf = (act: AskedAct): LucideIcon => (act === "edit" ? FilePenLine : ACT_ICONS[act]);

/** Why an act can not be ordered now, in words; null when it can. */
export function useGrey(message: Pick<MessageDetail, "state" | "may">): (act: AskedAct) => string | null {
  const t = useTranslations("messages");
  const greyRole = useMayOperate();
  return (asked) => {
    const act = asked === "edit" ? "resend" : asked;
    if (greyRole !== null) return greyRole;
    if (message.may[act]) return null;
    return act === "resend" || act === "discard" ? t(`grey.${message.state}`) : t(`greyAct.${act}`);
  };
}

/** What can be done with a message now; what can not says why. */
export function MessageActions({ message, onAct, size = "md", keys = true }: Props) {
  const t = useTranslations("messages");
  const ops = useTranslations("operations");
  const grey = useGrey(message);
  const shown = IN_SIGHT[message.state];
  const label = (act: AskedAct) => (act === "edit" ? ops("edit.title") : ops(`act.${act}`));
  return (
    <div className="flex flex-wrap items-center gap-2">
      {shown.map((act, at) => {
        const Icon = iconOf(act);
        const reason = grey(act);
        return (
          <Button key={act} size={size} variant={at === 0 && reason === null && act !== "mark_delivered" ? "primary" : "secondary"} disabledReason={reason} onClick={() => onAct(act)}>
            <Icon aria-hidden />
            {label(act)}
            {keys && KEYS[act] !== undefined && <Kbd keys={KEYS[act]} />}
          </Button>
        );
      })}
      <Menu
        trigger={<IconButton icon={Ellipsis} size={size} variant="secondary" label={t("moreActions")} />}
        items={ALL.filter((act) => !shown.includes(act)).map((act) => ({ label: label(act), icon: iconOf(act), disabledReason: grey(act), onSelect: () => onAct(act) }))}
      />
    </div>
  );
}
