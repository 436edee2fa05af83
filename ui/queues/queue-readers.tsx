"use client";

import { useTranslations } from "use-intl";
import type { Readers } from "#core/brokers/adapter.ts";
import { DISCOVERY_STALE_MS } from "#core/freshness.ts";
import { Age } from "../brokers/age.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { Num } from "../kit/num.tsx";
import { slot } from "../kit/slot.ts";

/** The groups that read a queue with places of their own, how far each is behind, and what is odd about its place. */
export function QueueReaders({ readers: { list, more }, asOf }: { readers: Readers; asOf: string | null }) {
  const t = useTranslations("queues.readers");
  return (
    <section>
      <h3 className="mb-1 flex items-baseline gap-2 font-semibold">
        {t("title")}
        <span className="text-sm font-normal text-muted">
          <Age iso={asOf} limitMs={DISCOVERY_STALE_MS} words />
        </span>
      </h3>
      {list.length === 0 && !more && <p className="text-muted">{t("none")}</p>}
      <ul className="grid gap-1">
        {list.map(({ name, behind, place }) => (
          <li key={name} className="flex flex-wrap items-baseline gap-x-3">
            <span className="min-w-0 flex-1 truncate" title={name}>
              <BrokerText mono max={300}>
                {name}
              </BrokerText>
            </span>
            <span className="text-muted">{t.rich("behind", { number: slot(<Num value={behind} kind="upper_bound" />) })}</span>
            {place !== "set" && <span className="basis-full text-sm text-muted">{t(`place.${place}`)}</span>}
          </li>
        ))}
      </ul>
      {more && <p className="text-sm text-muted">{t("more")}</p>}
    </section>
  );
}
