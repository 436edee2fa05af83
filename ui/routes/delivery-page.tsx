"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { ButtonLink } from "../kit/button.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Bytes } from "../kit/num.tsx";
import { Details, PageHeader, Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Time } from "../kit/time.tsx";
import { useSearch } from "../kit/use-search.ts";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { Outputs } from "../trpc/outputs.ts";
import { refusalOf } from "../trpc/failure.ts";
import { AttemptList } from "./attempt-list.tsx";
import { AttemptsPicture } from "./attempts-picture.tsx";
import { DeliveryContent } from "./delivery-content.tsx";
import { NextTry } from "./delivery-columns.tsx";
import { DeliveryStateBadge } from "./delivery-state.tsx";
import { GivenUpLine } from "./given-up-line.tsx";
import { SteerOne } from "./steer-one.tsx";

type Detail = Outputs["deliveries"]["get"];

/** One message on its way through a route: its tries on a time axis, when it is tried next, and what it carries. */
export function DeliveryPage({ id }: { readonly id: string }) {
  const t = useTranslations("routes");
  const query = useQuery(useTRPC().deliveries.get.queryOptions(id));
  if (query.isError && query.data === undefined) {
    const gone = refusalOf(query.error)?.code === "not_found";
    return (
      <ErrorState
        title={gone ? t("delivery.notFound") : t("deliveries.failed")}
        safe={gone ? t("delivery.notFoundHelp") : t("failedSafe")}
        {...(gone ? {} : { onRetry: () => void query.refetch() })}
        retrying={query.isFetching}
        action={<ButtonLink href="/routes">{t("title")}</ButtonLink>}
      />
    );
  }
  if (query.data === undefined)
    return (
      <div aria-busy className="grid gap-4 p-4">
        <Skeleton className="h-6 w-72" />
        <Skeleton className="h-24 w-full" />
        <Skeleton className="h-64 w-full" />
      </div>
    );
  return <Known delivery={query.data} />;
}

function Known({ delivery }: { delivery: Detail }) {
  const t = useTranslations("routes");
  const [search, setSearch] = useSearch();
  const openId = search.get("attempt");
  const open = (id: string | null) => setSearch({ attempt: id });
  const waits = delivery.state === "pending" || delivery.state === "retrying";
  return (
    <>
      <PageHeader
        above={
          <span className="flex min-w-0 gap-1.5 text-sm text-muted">
            <Link href="/routes" className="hover:text-ink">
              {t("title")}
            </Link>
            {delivery.route !== null && (
              <>
                /
                <Link href={`/routes/${delivery.routeId}`} className="truncate hover:text-ink">
                  {visibleText(delivery.route)}
                </Link>
              </>
            )}
          </span>
        }
        title={
          <span className="flex flex-wrap items-center gap-2.5">
            {delivery.key === null ? t("delivery.title") : <BrokerText max={120}>{delivery.key}</BrokerText>}
            <DeliveryStateBadge delivery={delivery} />
            {waits && (
              <span className="text-base font-normal tracking-normal text-muted">
                {delivery.dueAt !== null && delivery.givenUpBy === null && t("deliveries.next")} <NextTry delivery={delivery} />
              </span>
            )}
          </span>
        }
        actions={<SteerOne delivery={delivery} />}
      />
      <div className="grid gap-4 px-4 pb-4">
        <Panel title={t("picture.title")}>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
            <AttemptsPicture lives={[delivery]} openId={openId} onOpen={(attempt) => open(attempt.id)} />
            {delivery.attempts.length === 0 ? <p className="text-muted">{t(waits ? "delivery.untried" : "delivery.noTries")}</p> : <AttemptList attempts={delivery.attempts} openId={openId} onOpen={open} />}
            <GivenUpLine delivery={delivery} />
          </div>
        </Panel>
        <div className="grid items-start gap-4 lg:grid-cols-[24rem_minmax(0,1fr)]">
          <Panel title={t("delivery.facts")}>
            <Facts delivery={delivery} />
          </Panel>
          <DeliveryContent id={delivery.id} />
        </div>
      </div>
    </>
  );
}

function Facts({ delivery }: { delivery: Detail }) {
  const t = useTranslations("routes");
  const mono = (text: string) => <BrokerText mono max={200}>{text}</BrokerText>;
  return (
    <Details
      items={[
        { label: t("delivery.id"), value: <span className="inline-flex min-w-0 items-center gap-1"><code className="min-w-0 font-mono text-sm break-all">{delivery.id}</code><CopyButton text={delivery.id} label={t("delivery.copyId")} /></span> }, // prettier-ignore
        { label: t("delivery.route"), value: delivery.route === null ? <span className="text-muted">{t("delivery.routeGone")}</span> : <Link className="underline decoration-line-strong underline-offset-2 hover:text-accent-text" href={`/routes/${delivery.routeId}`}>{visibleText(delivery.route)}</Link> }, // prettier-ignore
        { label: t("deliveries.received"), value: <Time iso={delivery.receivedAt} look="exact" /> },
        ...(delivery.finishedAt === null ? [] : [{ label: t("delivery.finished"), value: <Time iso={delivery.finishedAt} look="exact" /> }]),
        { label: t("deliveries.size"), value: <Bytes value={delivery.size} /> },
        ...(delivery.deadCause === null ? [] : [{ label: t("delivery.cause"), value: t(`deadCause.${delivery.deadCause}`) }]),
        ...(delivery.orderKey === null ? [] : [{ label: t("delivery.orderKey"), value: mono(delivery.orderKey) }]),
        ...(delivery.guardKey === null ? [] : [{ label: t("delivery.guardKey"), value: mono(delivery.guardKey) }]),
        ...(delivery.duplicateOf === null ? [] : [{ label: t("delivery.duplicateOf"), value: <Link href={`/deliveries/${delivery.duplicateOf}`} className="font-mono text-sm underline underline-offset-2">{delivery.duplicateOf}</Link> }]), // prettier-ignore
        ...(delivery.messageId === null ? [] : [{ label: t("delivery.message"), value: <Link href={`/messages/${delivery.messageId}`} className="underline underline-offset-2">{t("delivery.toMessage")}</Link> }]), // prettier-ignore
      ]}
    />
  );
}
