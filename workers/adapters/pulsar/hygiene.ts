import type { Connection } from "./connection.ts";
import { policiesOf, type Policies } from "./policies.ts";
import { statsOf } from "./topic.ts";

/** Whether messages wait there for another try of their own consumer. */
const isRetry = (topic: string): boolean => /-RETRY$/i.test(topic);

/** What an operator should know of a dead-letter topic before there is trouble. Never throws: what may not be seen is not told. */
export async function warningsOf({ rest, subscription }: Connection, topic: string, signal: AbortSignal): Promise<string[]> {
  const stats = await statsOf(rest, topic, signal).catch(() => null);
  const policies = await policiesOf(rest, topic, signal);
  const warnings = policyWarnings(policies);
  if (stats !== null && stats.subscriptions.size === 0) warnings.unshift(unreadWarning(policies, subscription));
  if (isRetry(topic)) warnings.unshift("Messages here wait for another try of their own consumer: one that is resent from here is processed twice. What is given up comes to the -DLQ topic.");
  return warnings;
}

function unreadWarning({ retentionMinutes, retentionMb }: Policies, subscription: string): string {
  const ends = `Capture makes the subscription ${subscription}, which keeps them: start it before trouble.`;
  if (retentionMinutes === 0 || retentionMb === 0) return `It has no subscription and no retention: dead letters that arrive are deleted, read by nobody. ${ends}`;
  if (retentionMinutes === null || (retentionMinutes < 0 && (retentionMb ?? -1) < 0)) return `It has no subscription: what is kept of the dead letters is for retention to say. ${ends}`;
  const after = retentionMinutes > 0 ? [`after ${duration(retentionMinutes * 60)}`] : [];
  const above = retentionMb !== null && retentionMb > 0 ? [`above ${retentionMb} MB`] : [];
  return `It has no subscription: dead letters are deleted ${[...after, ...above].join(" or ")} (retention), read or not. ${ends}`;
}

function policyWarnings({ ttlSeconds, quota }: Policies): string[] {
  const warnings: string[] = [];
  if (ttlSeconds !== null && ttlSeconds > 0) warnings.push(`The broker acknowledges dead letters by itself after ${duration(ttlSeconds)} (message TTL): while Redrive does not read, they are lost.`);
  if (quota?.policy === "consumer_backlog_eviction") warnings.push(`Above ${quota.bytes} bytes of unread messages the oldest are dropped (backlog quota, consumer_backlog_eviction).`);
  else if (quota !== null) warnings.push(`Above ${quota.bytes} bytes of unread messages nothing more can be written here (backlog quota, ${quota.policy}): consumers can not give up messages then.`);
  return warnings;
}

/** Seconds in the largest unit that they reach. */
function duration(seconds: number): string {
  if (seconds >= 172_800) return `${Math.round(seconds / 86_400)} days`;
  if (seconds >= 7_200) return `${Math.round(seconds / 3_600)} hours`;
  return seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
}
