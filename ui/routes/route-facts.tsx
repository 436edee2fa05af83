"use client";

import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { RouteDefinition } from "#core/route/definition.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Details } from "../kit/page.tsx";
import { slot } from "../kit/slot.ts";
import { Duration, Time } from "../kit/time.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { targetText } from "../operations/target-text.ts";
import { DestinationText } from "./destination-text.tsx";
import { RulesList } from "./rules-list.tsx";
import type { RouteDetail } from "./types.ts";

/** What a route was told to do, in words. */
export function RouteFacts({ route }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  const { definition } = route;
  const agreed = route.consentBy === null ? null : `${visibleText(route.consentBy, 80)} · `;
  return (
    <div className="grid max-w-5xl gap-6 p-4">
      <Details
        items={[
          { label: t("fact.from"), value: <BrokerText mono>{`${route.source} · ${route.connection}`}</BrokerText> },
          { label: t("fact.custody"), value: t(`custody.${route.custody}`) },
          ...(agreed === null ? [] : [{ label: t("fact.agreed"), value: <>{agreed}<Time iso={route.consentAt} /></> }]), // prettier-ignore
          { label: t("fact.to"), value: <DestinationText destination={route.destination} /> },
          ...destinationFacts(definition, t),
          { label: t("fact.ordered"), value: <OrderedWords ordered={definition.ordered} /> },
          { label: t("fact.guard"), value: <GuardWords guard={definition.guard} /> },
          { label: t("fact.limits"), value: <LimitWords limits={definition.limits} /> },
          { label: t("fact.whenFull"), value: t(`whenFull.${definition.limits.whenFull}`) },
          { label: t("fact.whenUnknown"), value: t(`whenUnknown.${definition.whenUnknown}`) },
          { label: t("fact.keepBody"), value: t(`keepBody.${definition.keepBody}`) },
          ...(definition.deadLetterTo === null ? [] : [{ label: t("fact.deadLetterTo"), value: <code className="font-mono">{targetText(definition.deadLetterTo.target)}</code> }]),
          { label: t("fact.version"), value: route.version },
          { label: t("fact.created"), value: <Time iso={route.createdAt} look="exact" /> },
          { label: t("fact.changed"), value: <Time iso={route.changedAt} look="exact" /> },
        ]}
      />
      <RulesList rules={definition.rules} />
    </div>
  );
}

function destinationFacts({ destination }: RouteDefinition, t: ReturnType<typeof useTranslations<"routes">>): { label: ReactNode; value: ReactNode }[] {
  if (destination.kind === "queue") return [];
  const timeouts = destination.kind === "http" ? [destination.headTimeoutMs, destination.timeoutMs] : [destination.timeoutMs];
  const { signWith: signed, allowPrivate } = destination.kind === "http" ? destination : { signWith: [], allowPrivate: [] };
  return [
    {
      label: t("fact.timeouts"),
      value: timeouts.map((ms, at) => (
        <span key={at}>
          {at > 0 && " / "}
          <Duration ms={ms} />
        </span>
      )),
    },
    ...(signed.length === 0 ? [] : [{ label: t("fact.signed"), value: <code className="font-mono">{signed.join(", ")}</code> }]),
    ...(allowPrivate.length === 0 ? [] : [{ label: t("fact.allowPrivate"), value: <code className="font-mono">{allowPrivate.join(", ")}</code> }]),
  ];
}

function OrderedWords({ ordered }: { ordered: RouteDefinition["ordered"] }) {
  const t = useTranslations("routes");
  if (ordered === null) return t("ordered.none");
  return t(`ordered.${ordered.by}`, { name: ordered.by === "header" ? ordered.name : ordered.by === "pointer" ? ordered.pointer : "" });
}

function GuardWords({ guard }: { guard: RouteDefinition["guard"] }) {
  const t = useTranslations("routes");
  if (guard === null) return t("guardBy.none");
  const name = guard.key.by === "header" ? guard.key.name : guard.key.by === "pointer" ? guard.key.pointer : "";
  return (
    <>
      {t(`guardBy.${guard.key.by}`, { name })}, {t.rich("guardFor", { time: slot(<Duration ms={guard.ttlSeconds * 1_000} />) })}
    </>
  );
}

function LimitWords({ limits }: { limits: RouteDefinition["limits"] }) {
  const t = useTranslations("routes");
  return (
    <>
      {limits.perSecond === null ? t("limit.noPace") : t("limit.perSecond", { count: limits.perSecond })}, {t("limit.inFlight", { count: limits.inFlight })}, {t("limit.waiting", { count: limits.waiting })}
    </>
  );
}
