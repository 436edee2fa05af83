"use client";

import { ListRestart, Pencil, Trash2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { manifests } from "#core/brokers/index.ts";
import { DEPTH_STALE_MS } from "#core/freshness.ts";
import { Age } from "../brokers/age.tsx";
import { ConnectionState } from "../brokers/connection-state.tsx";
import { Fault } from "../brokers/fault.tsx";
import { useDiscover } from "../brokers/use-discover.ts";
import { useRefusal } from "../brokers/use-refusal.ts";
import { Badge } from "../kit/badge.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { Time } from "../kit/time.tsx";
import type { Outputs } from "../trpc/outputs.ts";
import { RemoveConnection } from "./remove-connection.tsx";
import { useRouter } from "next/navigation";

type Connection = Outputs["connections"]["list"][number];

/** One connection: its state, how old its numbers are, and what can be done with it. */
export function ConnectionRow({ connection }: { connection: Connection }) {
  const t = useTranslations("brokers");
  const { id, name, state } = connection;
  return (
    <li className="grid gap-2 px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link href={`/settings/connections/${id}`} className="min-w-0 truncate font-medium hover:underline">
          {name}
        </Link>
        <span className="text-muted">{manifests[connection.kind].label}</span>
        <ConnectionState state={state} />
        {connection.managedBy === "file" && <Badge>{t("connections.fromFile")}</Badge>}
        <span className="flex-1" />
        <Actions connection={connection} />
      </div>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-0.5 text-sm text-muted">
        <Link href={`/queues?connection=${id}`} className="hover:text-ink hover:underline">
          {t("connections.queues", { count: connection.queues })}
        </Link>
        <Link href={`/queues?view=captured&connection=${id}`} className="hover:text-ink hover:underline">
          {t("connections.sources", { count: connection.sources })}
        </Link>
        <span>
          {t("connections.measured")} <Age iso={connection.measuredAt} limitMs={DEPTH_STALE_MS} words />
        </span>
        <span>
          {t("connections.listed")} <Time iso={connection.discoveredAt} />
        </span>
      </p>
      {state === "down" && connection.faultCode !== null && (
        <Fault code={connection.faultCode} detail={connection.faultDetail} since={connection.stateSince} />
      )}
    </li>
  );
}

function Actions({ connection }: { connection: Connection }) {
  const t = useTranslations("brokers");
  const router = useRouter();
  const [removing, setRemoving] = useState(false);
  const discover = useDiscover(connection);
  const mayOrder = useRefusal("operator");
  const mayChange = useRefusal("admin") ?? (connection.managedBy === "file" ? t("connections.fromFileHelp") : null);
  return (
    <div className="flex items-center">
      <IconButton icon={ListRestart} label={t("connections.list")} busy={discover.busy} disabledReason={mayOrder} onClick={discover.start} />
      <IconButton
        icon={Pencil}
        label={t("connections.edit", { name: connection.name })}
        disabledReason={mayChange}
        onClick={() => router.push(`/settings/connections/${connection.id}`)}
      />
      <IconButton icon={Trash2} label={t("connections.remove", { name: connection.name })} disabledReason={mayChange} onClick={() => setRemoving(true)} />
      {removing && <RemoveConnection connection={connection} onClose={() => setRemoving(false)} />}
    </div>
  );
}
