"use client";

import { CircleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import type { FaultCode } from "#core/fault.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Time } from "../kit/time.tsx";

type Props = {
  code: FaultCode;
  /** The broker's words. */
  detail: string | null;
  /** Since when, ISO 8601. */
  since?: string | null;
  /** Without the advice, for narrow places. */
  short?: boolean;
};

/** What a broker did not do, in its words, and what to do about it. */
export function Fault({ code, detail, since, short = false }: Props) {
  const t = useTranslations("brokers");
  return (
    <div className="flex min-w-0 items-start gap-1.5">
      <CircleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0 text-red" />
      <div className="min-w-0">
        <p className="break-words">
          <span className="font-medium text-red">{t(`fault.${code}.what`)}</span>
          {since != null && (
            <span className="text-muted">
              {" · "}
              <Time iso={since} />
            </span>
          )}
        </p>
        {detail !== null && detail !== "" && (
          <p className="break-words">
            <BrokerText mono max={400}>
              {detail}
            </BrokerText>
          </p>
        )}
        {!short && <p className="text-muted">{t(`fault.${code}.todo`)}</p>}
      </div>
    </div>
  );
}
