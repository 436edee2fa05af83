import type { Messages, NamespaceKeys, NestedKeyOf, useTranslations } from "use-intl";

/**
 * What `useTranslations(N)` gives, for functions that get a translator handed in. Name the namespace in the
 * parameter's type, `t: Translate<"queues">`: the guard in test/guards reads it there.
 */
export type Translate<N extends NamespaceKeys<Messages, NestedKeyOf<Messages>>> = ReturnType<typeof useTranslations<N>>;
