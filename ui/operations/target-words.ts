import { useTranslations } from "use-intl";
import type { BrokerKind } from "#core/brokers/index.ts";
import type { TargetField } from "#core/brokers/target-fields.ts";

type Typed = { readonly kind: BrokerKind; readonly fields: Readonly<Partial<Record<TargetField["name"], string>>> };

/** Words for the fields of a target: what a field wants where that is not plain from its name, and what a choice means. */
export function useTargetWords(): { help(name: TargetField["name"], typed: Typed): string | undefined; choice(value: string): string } {
  const t = useTranslations("operations");
  return {
    help: (name, { kind, fields }) => {
      if (name === "routingKey") return (fields.exchange ?? "") === "" ? t("routingKeyHelp") : undefined;
      if (name === "partition") return t("partitionHelp");
      if (name === "topic" && kind === "pulsar") return t("pulsarTopicHelp");
      if (name === "delivery") return t(fields.delivery === "at_most_once" ? "atMostOnceHelp" : "storedHelp");
      return name === "stream" && fields.delivery !== "at_most_once" ? t("streamHelp") : undefined;
    },
    // a broker's own word is shown as it is
    choice: (value) => (value === "stored" || value === "at_most_once" ? t(`deliveryOf.${value}`) : value),
  };
}
