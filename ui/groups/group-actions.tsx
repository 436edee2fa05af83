"use client";

import { useQuery } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { Act, MessageState } from "#core/message/state.ts";
import type { Selection } from "#core/selection.ts";
import { useRefusal } from "../brokers/use-refusal.ts";
import { Button } from "../kit/button.tsx";
import { OrderDialog } from "../operations/order-dialog.tsx";
import { useTRPC } from "../trpc/client.tsx";
import type { Group } from "./group-page.tsx";

type Asked = { readonly act: Extract<Act, "resend" | "discard">; readonly selection: Selection };

/** Sending one again that is in doubt is a decision of its own, made on that message. */
const STATES: MessageState[] = ["dead"];

/** Orders over the group: ten first as a canary, all of it, or away with it. */
export function GroupActions({ group }: { group: Group }) {
  const t = useTranslations("groups");
  const trpc = useTRPC();
  const [asked, setAsked] = useState<Asked | null>(null);
  const refusal = useRefusal("operator");
  const format = useFormatter();
  const found = group.states.find(({ state }) => state === "dead")?.count;
  const dead = found?.count ?? 0;
  const number = `${format.number(dead)}${found?.capped === true ? "+" : ""}`;
  const canary = useQuery({
    ...trpc.groups.canary.queryOptions(group.id, { meta: { live: "slow" } }),
    enabled: refusal === null && dead > 0,
  });
  const ids = canary.data ?? [];
  const reason = refusal ?? (dead === 0 ? t("noneDead") : null);
  const all = (act: Asked["act"]) => setAsked({ act, selection: { by: "filter", filter: { group: group.id, state: STATES } } });
  return (
    <>
      <Button disabledReason={reason} onClick={() => all("discard")}>
        <Trash2 aria-hidden />
        {t("discardAll", { count: number })}
      </Button>
      {ids.length > 0 && dead > ids.length && (
        <Button hint={t("canaryHelp", { count: ids.length })} onClick={() => setAsked({ act: "resend", selection: { by: "ids", ids } })}>
          <RotateCcw aria-hidden />
          {t("canary", { count: ids.length })}
        </Button>
      )}
      <Button variant="primary" disabledReason={reason} onClick={() => all("resend")}>
        <RotateCcw aria-hidden />
        {t("resendAll", { count: number })}
      </Button>
      {asked !== null && <OrderDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  );
}
