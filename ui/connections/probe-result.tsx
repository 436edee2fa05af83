"use client";

import { CircleCheck, LoaderCircle } from "lucide-react";
import { useTranslations } from "use-intl";
import { readProbeAnswer, type ProbeAnswer } from "#core/probe-answer.ts";
import { Fault } from "../brokers/fault.tsx";
import type { useCommand } from "../brokers/use-command.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { ErrorLine } from "../kit/error-state.tsx";

/** What came of testing a login: it works, why it does not, or that no worker answers. */
export function ProbeResult({ probe }: { probe: ReturnType<typeof useCommand> }) {
  const t = useTranslations("brokers");
  const { command, open, unheard } = probe;
  if (unheard) return <ErrorLine>{t("probe.unheard")}</ErrorLine>;
  if (open)
    return (
      <p role="status" className="flex items-center gap-1.5 text-muted">
        <LoaderCircle aria-hidden className="size-3.5 animate-turn" />
        {t("probe.open")}
      </p>
    );
  if (command === null) return null;
  if (command.state === "done") return <Works answer={readProbeAnswer(command.answer)} />;
  return (
    <div role="alert" className="rounded bg-red-soft px-2.5 py-1.5">
      <Fault code={command.faultCode ?? "internal"} detail={command.faultDetail} />
    </div>
  );
}

function Works({ answer }: { answer: ProbeAnswer | null }) {
  const t = useTranslations("brokers");
  return (
    <div role="status" className="grid gap-0.5 rounded bg-green-soft px-2.5 py-1.5">
      <p className="flex items-center gap-1.5 text-green">
        <CircleCheck aria-hidden className="size-3.5" />
        <span className="font-medium">{answer === null ? t("probe.works") : t("probe.worksIn", { ms: answer.ms })}</span>
      </p>
      {answer !== null && answer.queues !== null && <p>{t("probe.queues", { count: answer.queues })}</p>}
      {answer !== null && answer.queues === null && (
        <p>
          {t("probe.noQueues")} {answer.fault !== null && <BrokerText mono>{answer.fault}</BrokerText>}
        </p>
      )}
    </div>
  );
}
