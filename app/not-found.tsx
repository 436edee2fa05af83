import { Compass } from "lucide-react";
import { getTranslator } from "#ui/i18n/server.ts";
import { ButtonLink } from "#ui/kit/button.tsx";
import { EmptyState } from "#ui/kit/empty-state.tsx";

export default async function NotFound() {
  const t = await getTranslator("shell");
  return (
    <main>
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
    </main>
  );
}
