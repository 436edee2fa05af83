"use client";

import { Plus } from "lucide-react";
import { useTranslations } from "use-intl";
import { Button, ButtonLink } from "../kit/button.tsx";
import { useRefusal } from "./use-refusal.ts";

/** The way to a new connection, for those who may make one. */
export function AddConnection() {
  const t = useTranslations("brokers");
  const refusal = useRefusal("admin");
  const content = (
    <>
      <Plus aria-hidden />
      {t("connections.add")}
    </>
  );
  if (refusal !== null)
    return (
      <Button variant="primary" disabledReason={refusal}>
        {content}
      </Button>
    );
  return (
    <ButtonLink href="/settings/connections/new" variant="primary">
      {content}
    </ButtonLink>
  );
}
