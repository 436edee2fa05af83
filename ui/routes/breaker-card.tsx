"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plug, Unplug } from "lucide-react";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { useRefusal } from "../brokers/use-refusal.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Num } from "../kit/num.tsx";
import { Details, Panel } from "../kit/page.tsx";
import { slot } from "../kit/slot.ts";
import { TextArea } from "../kit/text-field.tsx";
import { Time } from "../kit/time.tsx";
import { notify } from "../kit/toast.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { protectedWords } from "./destination-text.tsx";
import { NextTime } from "./next-time.tsx";
import { BreakerBadge } from "./route-state.tsx";
import type { Breaker, RouteDetail } from "./types.ts";

/** The breaker of a route's destination: how it stands and why, and how to open or close it by hand. */
export function BreakerCard({ route }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  const format = useFormatter();
  const { breaker } = route;
  const policy = route.definition.breaker;
  if (breaker === null || policy === null)
    return (
      <Panel title={t("breaker.title")}>
        <p className="text-muted">{t("breaker.noneHelp")}</p>
      </Panel>
    );
  const byHand = breaker.state === "open" && breaker.probeAt === null;
  return (
    <Panel title={t("breaker.title")} aside={<BreakerBadge breaker={breaker} />}>
      <div className="grid gap-3">
        <p className="text-muted">
          {breaker.state === "closed" ? t("breaker.closedHelp", { share: format.number(policy.failureShare, { style: "percent" }), of: policy.of }) : byHand ? t("breaker.byHand") : t("breaker.openHelp")}
        </p>
        {breaker.since !== null && <Facts breaker={breaker} />}
        <p className="text-sm text-muted">{t.rich("breaker.shared", { key: slot(<BrokerText mono max={120}>{protectedWords(route)}</BrokerText>) })}</p>
        <Hand route={route} breaker={breaker} byHand={byHand} />
      </div>
    </Panel>
  );
}

function Facts({ breaker }: { breaker: Breaker }) {
  const t = useTranslations("routes");
  const open = breaker.state !== "closed";
  const by = breaker.changedBy === null || breaker.changedBy === "worker" ? t("breaker.worker") : visibleText(breaker.changedBy, 60);
  return (
    <Details
      items={[
        { label: t("breaker.since"), value: <Time iso={breaker.since} /> },
        ...(breaker.reason === null ? [] : [{ label: t("breaker.why"), value: <BrokerText max={300}>{breaker.reason}</BrokerText> }]),
        { label: t("breaker.by"), value: by },
        ...(open && breaker.probeAt !== null ? [{ label: t("breaker.probes"), value: <Num value={breaker.probes} /> }] : []),
        ...(breaker.state === "open" && breaker.probeAt !== null ? [{ label: t("breaker.nextProbe"), value: <NextTime iso={breaker.probeAt} /> }] : []),
        ...(breaker.state === "half_open" ? [{ label: t("breaker.nextProbe"), value: t("breaker.probing") }] : []),
      ]}
    />
  );
}

function Hand({ route, breaker, byHand }: { route: RouteDetail; breaker: Breaker; byHand: boolean }) {
  const t = useTranslations("routes");
  const trpc = useTRPC();
  const queries = useQueryClient();
  const refusal = useRefusal("operator");
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const steer = useMutation(
    trpc.routes.breaker.mutationOptions({
      onSuccess: (_, { to }) => {
        notify.done(t(to === "open" ? "breaker.opened" : "breaker.closed_"));
        setAsking(false);
        setReason("");
      },
      onSettled: () => queries.invalidateQueries(),
    }),
  );
  const failed = refusalOf(steer.error)?.message;
  return (
    <div className="flex flex-wrap gap-2">
      <Button disabledReason={refusal ?? (breaker.state === "closed" ? t("breaker.notOpen") : null)} busy={steer.isPending && !asking} onClick={() => steer.mutate({ id: route.id, to: "close" })}>
        <Plug aria-hidden />
        {t("breaker.closeNow")}
      </Button>
      <Button disabledReason={refusal ?? (byHand ? t("breaker.alreadyByHand") : null)} onClick={() => setAsking(true)}>
        <Unplug aria-hidden />
        {t("breaker.openNow")}
      </Button>
      {failed !== undefined && !asking && <ErrorLine>{failed}</ErrorLine>}
      <ConfirmDialog
        open={asking}
        onOpenChange={() => setAsking(false)}
        title={t("breaker.openTitle")}
        description={t("breaker.openText", { key: protectedWords(route) })}
        confirmLabel={t("breaker.openConfirm")}
        danger
        disabledReason={reason.trim() === "" ? t("reasonFirst") : null}
        busy={steer.isPending}
        error={failed}
        onConfirm={() => steer.mutate({ id: route.id, to: "open", reason: reason.trim() })}
      >
        <TextArea label={t("reason")} help={t("reasonHelp")} required rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </ConfirmDialog>
    </div>
  );
}
