import type { useTranslations } from "use-intl";
import type { BrokerKind } from "#core/brokers/index.ts";
import type { TargetField } from "#core/brokers/target-fields.ts";

type Typed = { readonly kind: BrokerKind; readonly fields: Readonly<Partial<Record<TargetField["name"], string>>> };

/** What a field of a target wants, where that is not plain from its name. */
export function targetFieldHelp(name: TargetField["name"], { kind, fields }: Typed, t: ReturnType<typeof useTranslations<"operations">>): string | undefined {
  if (name === "routingKey") return (fields.exchange ?? "") === "" ? t("routingKeyHelp") : undefined;
  if (name === "partition") return t("partitionHelp");
  if (name === "topic" && kind === "pulsar") return t("pulsarTopicHelp");
  if (name === "delivery") return t(fields.delivery === "at_most_once" ? "atMostOnceHelp" : "storedHelp");
  return name === "stream" && fields.delivery !== "at_most_once" ? t("streamHelp") : undefined;
}

/** A choice in words; a broker's own word is shown as it is. */
export const targetChoiceWords = (value: string, t: ReturnType<typeof useTranslations<"operations">>): string => (value === "stored" || value === "at_most_once" ? t(`deliveryOf.${value}`) : value);
