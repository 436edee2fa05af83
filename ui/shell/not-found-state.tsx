import { Compass } from "lucide-react";
import { getTranslator } from "../i18n/server.ts";
import { ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";

/** What stands at an address where nothing is, or nothing any more. */
export async function NotFoundState() {
  const t = await getTranslator("shell");
  return (
    <EmptyState
      icon={Compass}
      title={t("notFoundTitle")}
      action={
        <ButtonLink href="/" variant="primary">
          {t("notFoundAction")}
        </ButtonLink>
      }
    >
      {t("notFoundAdvice")}
    </EmptyState>
  );
}
