"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ButtonLink } from "../../kit/button.tsx";
import { ErrorState } from "../../kit/error-state.tsx";
import { PageHeader } from "../../kit/page.tsx";
import { Skeleton } from "../../kit/skeleton.tsx";
import { visibleText } from "../../kit/visible-text.ts";
import { useTRPC } from "../../trpc/client.tsx";
import type { RouteDetail } from "../types.ts";
import { draftOf, newDraft } from "./route-draft.ts";
import { RouteForm } from "./route-form.tsx";

/** Makes a route. */
export function NewRoutePage() {
  const t = useTranslations("routes");
  const [initial] = useState(newDraft);
  return (
    <>
      <PageHeader above={<Up href="/routes" label={t("title")} />} title={t("new")} description={t("description")} />
      <RouteForm initial={initial} saved={null} />
    </>
  );
}

/** Changes a route: the version that was read is the one that is changed. */
export function EditRoutePage({ id }: { readonly id: string }) {
  const t = useTranslations("routes");
  const { data, error, refetch } = useQuery(useTRPC().routes.get.queryOptions(id));
  if (error !== null && data === undefined)
    return <ErrorState title={t("notFound")} safe={t("notFoundHelp")} onRetry={() => void refetch()} action={<ButtonLink href="/routes">{t("title")}</ButtonLink>} />;
  if (data === undefined)
    return (
      <div aria-busy className="grid gap-4 p-4">
        <Skeleton className="h-6 w-72" />
        <Skeleton className="h-96 w-full" />
      </div>
    );
  return <Editing route={data} />;
}

function Editing({ route: latest }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  // numbers of the route go on changing; what is edited is what was read first
  const [route] = useState(latest);
  const [initial] = useState(() => draftOf(route.name, route.definition));
  return (
    <>
      <PageHeader
        above={<Up href={`/routes/${route.id}`} label={visibleText(route.name)} />}
        title={t("form.editTitle", { name: visibleText(route.name, 80) })}
        description={t("form.editHelp", { queue: visibleText(route.source, 80), version: route.version })}
      />
      <RouteForm initial={initial} saved={{ id: route.id, name: route.name, version: route.version }} />
    </>
  );
}

function Up({ href, label }: { href: string; label: string }) {
  return (
    <Link href={href} className="text-sm text-muted hover:text-ink">
      {label}
    </Link>
  );
}
