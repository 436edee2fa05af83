import type { Rest } from "./rest.ts";
import { pathOf } from "./topic.ts";

/** What is set for a topic, by itself, its namespace or the broker; null what this login may not see. */
export type Policies = {
  /** -1 is for ever, 0 not at all. */
  readonly retentionMinutes: number | null;
  readonly retentionMb: number | null;
  /** After so long the broker acknowledges what nobody read; 0 never. */
  readonly ttlSeconds: number | null;
  /** What happens when unread messages pass the limit; null where there is none. */
  readonly quota: { readonly bytes: number; readonly policy: string } | null;
};

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);
const field = (value: unknown, name: string): unknown => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined);

/** Never throws: a login that may not see a policy is not told. Source: Pulsar's admin API, topic policies with `applied`. */
export async function policiesOf(rest: Rest, topic: string, signal?: AbortSignal): Promise<Policies> {
  const ask = (name: string): Promise<unknown> => rest.get(`${pathOf(topic)}/${name}?applied=true`, signal).catch(() => null);
  const [retention, ttl, quotas] = await Promise.all([ask("retention"), ask("messageTTL"), ask("backlogQuotaMap")]);
  const quota = field(quotas, "destination_storage");
  const bytes = numberOf(field(quota, "limitSize")) ?? -1;
  const policy = field(quota, "policy");
  return {
    retentionMinutes: numberOf(field(retention, "retentionTimeInMinutes")),
    retentionMb: numberOf(field(retention, "retentionSizeInMB")),
    ttlSeconds: numberOf(ttl),
    quota: bytes >= 0 && typeof policy === "string" ? { bytes, policy } : null,
  };
}

/** Whether a topic keeps messages that no subscription waits for; true where that is not known. */
export async function keepsWithout(rest: Rest, topic: string, signal: AbortSignal): Promise<boolean> {
  const { retentionMinutes, retentionMb } = await policiesOf(rest, topic, signal);
  return retentionMinutes !== 0 && retentionMb !== 0;
}
