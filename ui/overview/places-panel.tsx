"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { DEPTH_STALE_MS } from "#core/freshness.ts";
import { manifests } from "#core/brokers/index.ts";
import { Age } from "../brokers/age.tsx";
import { ConnectionState } from "../brokers/connection-state.tsx";
import { Fault } from "../brokers/fault.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { ButtonLink } from "../kit/button.tsx";
import { Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { useTRPC } from "../trpc/client.tsx";
import type { Outputs } from "../trpc/outputs.ts";

type Places = Outputs["overview"]["places"];

/** Whether the brokers are reached, how old their numbers are, and which sources do not capture as they should. */
export function PlacesPanel() {
  const t = useTranslations("overview");
  const trpc = useTRPC();
  const { data } = useQuery(trpc.overview.places.queryOptions(undefined, { meta: { live: "slow" } }));
  return (
    <Panel
      title={t("connections")}
      aside={
        <ButtonLink href="/settings/connections" size="sm" variant="ghost">
          {t("manage")}
        </ButtonLink>
      }
    >
      {data === undefined ? (
        <Skeleton className="w-2/3" />
      ) : (
        <ul className="-my-1.5 divide-y">
          {data.connections.map((connection) => (
            <ConnectionLine key={connection.id} connection={connection} />
          ))}
          {data.connections.length === 0 && <li className="py-1.5 text-muted">{t("noConnections")}</li>}
          {data.faultySources.map((source) => (
            <li key={source.id} className="grid gap-0.5 py-1.5">
              <Link href="/queues?view=captured" className="min-w-0 truncate hover:underline">
                <BrokerText mono max={120}>
                  {source.name}
                </BrokerText>
              </Link>
              {source.faultCode !== null && <Fault code={source.faultCode} detail={source.faultDetail} since={source.faultAt} short />}
            </li>
          ))}
          {data.sources > 0 && <li className="py-1.5 text-sm text-muted">{t("capturing", { capturing: data.capturing, sources: data.sources })}</li>}
        </ul>
      )}
    </Panel>
  );
}

function ConnectionLine({ connection }: { connection: Places["connections"][number] }) {
  return (
    <li className="grid gap-1 py-1.5">
      <div className="flex items-center gap-2">
        <Link href={`/queues?connection=${connection.id}`} className="min-w-0 flex-1 truncate font-medium hover:underline">
          {connection.name}
        </Link>
        <span className="text-sm text-muted">{manifests[connection.kind].label}</span>
        <ConnectionState state={connection.state} />
      </div>
      {connection.state === "down" && connection.faultCode !== null ? (
        <Fault code={connection.faultCode} detail={connection.faultDetail} since={connection.stateSince} />
      ) : (
        <Measured at={connection.measuredAt} />
      )}
    </li>
  );
}

function Measured({ at }: { at: string | null }) {
  const t = useTranslations("overview");
  return (
    <p className="text-sm text-muted">
      {at !== null && `${t("measured")} `}
      <Age iso={at} limitMs={DEPTH_STALE_MS} words />
    </p>
  );
}
