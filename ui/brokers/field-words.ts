"use client";

import { useTranslations } from "use-intl";
import { manifests, type BrokerKind } from "#core/brokers/index.ts";

type Words = { readonly label: string; readonly help: string };

/** Label and help of every field of a broker's form, by the field's name. */
export function useFieldWords(kind: BrokerKind): (name: string) => Words {
  const t = useTranslations("brokers");
  // each kind by itself, so that a field without words does not compile
  const words = {
    rabbitmq: () => fieldsOf(manifests.rabbitmq.form).map((name) => ({ name, label: t(`rabbitmq.${name}.label`), help: t(`rabbitmq.${name}.help`) })),
    pgboss: () => fieldsOf(manifests.pgboss.form).map((name) => ({ name, label: t(`pgboss.${name}.label`), help: t(`pgboss.${name}.help`) })),
    kafka: () => fieldsOf(manifests.kafka.form).map((name) => ({ name, label: t(`kafka.${name}.label`), help: t(`kafka.${name}.help`) })),
    "redis-list": () => fieldsOf(manifests["redis-list"].form).map((name) => ({ name, label: t(`redis-list.${name}.label`), help: t(`redis-list.${name}.help`) })),
    "redis-stream": () => fieldsOf(manifests["redis-stream"].form).map((name) => ({ name, label: t(`redis-stream.${name}.label`), help: t(`redis-stream.${name}.help`) })),
    nats: () => fieldsOf(manifests.nats.form).map((name) => ({ name, label: t(`nats.${name}.label`), help: t(`nats.${name}.help`) })),
    rocketmq: () => fieldsOf(manifests.rocketmq.form).map((name) => ({ name, label: t(`rocketmq.${name}.label`), help: t(`rocketmq.${name}.help`) })),
    pulsar: () => fieldsOf(manifests.pulsar.form).map((name) => ({ name, label: t(`pulsar.${name}.label`), help: t(`pulsar.${name}.help`) })),
  } satisfies Record<BrokerKind, () => readonly (Words & { readonly name: string })[]>;
  const known = new Map(words[kind]().map(({ name, ...texts }) => [name as string, texts]));
  return (name) => known.get(name) ?? { label: name, help: "" };
}

type Form<S extends string, P extends string> = {
  readonly settings: readonly { readonly name: S }[];
  readonly secrets: readonly { readonly name: P }[];
};

const fieldsOf = <S extends string, P extends string>({ settings, secrets }: Form<S, P>): readonly (S | P)[] => [
  ...settings.map(({ name }) => name),
  ...secrets.map(({ name }) => name),
];
