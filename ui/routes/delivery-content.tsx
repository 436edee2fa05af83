"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import type { Header } from "#core/message/header.ts";
import { ErrorLine } from "../kit/error-state.tsx";
import { Bytes } from "../kit/num.tsx";
import { Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { HeadersView } from "../message/headers-view.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { BytesView } from "./bytes-view.tsx";

/** What a delivery carries: its body and headers, or that they are not kept. */
export function DeliveryContent({ id }: { id: string }) {
  const t = useTranslations("routes");
  const { data, error, refetch } = useQuery(useTRPC().deliveries.content.queryOptions(id, { staleTime: Infinity, refetchInterval: false, refetchOnWindowFocus: false, meta: { live: "never" } }));
  const gone = refusalOf(error)?.code === "not_found";
  const headers = data === undefined ? [] : (JSON.parse(data.headers) as Header[]);
  const type = headers.find(({ name }) => name.toLowerCase() === "content-type")?.value;
  return (
    <Panel title={t("content.title")} flush>
      {data === undefined && error === null && (
        <div aria-busy className="p-4">
          <Skeleton className="h-24 w-full" />
        </div>
      )}
      {error !== null && (gone ? <p className="p-4 text-muted">{t("content.gone")}</p> : <ErrorLine onRetry={() => void refetch()}>{t("deliveries.failed")}</ErrorLine>)}
      {data !== undefined && (
        <>
          <div className="p-3">
            {data.size === 0 ? (
              <p className="text-muted">{t("content.empty")}</p>
            ) : (
              <BytesView
                bytes={bytesOfBase64(data.base64) ?? new Uint8Array()}
                contentType={type?.t === "text" ? type.v : null}
                label={t("content.title")}
                info={
                  <>
                    <Bytes value={data.size} />
                    {data.shown < data.size && <> · {t("content.cut")}</>}
                  </>
                }
              />
            )}
          </div>
          <HeadersView headers={headers} aside={null} />
        </>
      )}
    </Panel>
  );
}
