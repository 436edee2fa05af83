"use client";

import { CircleCheck, LoaderCircle } from "lucide-react";
import { useTranslations } from "use-intl";
import { Fault } from "../brokers/fault.tsx";
import type { useCommand } from "../brokers/use-command.ts";
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
  if (command.state === "done")
    return (
      <p role="status" className="flex items-center gap-1.5 text-green">
        <CircleCheck aria-hidden className="size-3.5" />
        {t("probe.works")}
      </p>
    );
  return (
    <div role="alert" className="rounded bg-red-soft px-2.5 py-1.5">
      <Fault code={command.faultCode ?? "internal"} detail={command.faultDetail} />
    </div>
  );
}
