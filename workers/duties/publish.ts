import { Fault } from "#core/fault.ts";
import type { Header } from "#core/message/header.ts";
import type { Target } from "#core/message/normal-form.ts";
import type { Native, Outgoing } from "#core/message/raw.ts";
import { claimPublications, connectionsToPublish, endPublications, settlePublications, type ClaimedPublication, type PublicationVerdict } from "#db/queries/publications.ts";
import type { AnySession } from "../adapters/index.ts";
import { failpoint } from "../runtime/failpoint.ts";
import { loop, type Turn } from "../runtime/loop.ts";
import type { Duty } from "../runtime/supervisor.ts";
import type { Wake } from "../runtime/wake.ts";
import type { Parts } from "./parts.ts";

const IDLE_MS = 500;
const CHUNK = 200;
const CHUNK_BYTES = 16 * 1024 * 1024;
const PUBLISH_DEADLINE_MS = 10_000;
/** Longer than the deadline by the time a settle takes. */
const LEASE_MS = 14_000;

/** Publishes what programs gave to the web. Any number of workers may do this at once. */
export const publishDuty = (parts: Parts, wake: Wake): Duty => ({
  name: "publish",
  run: (stop) => loop({ turn: () => publishTurn(parts), idleMs: IDLE_MS, wake, onError: (error) => parts.log.error({ err: error }, "publishing failed") }, stop),
});

async function publishTurn({ sql, sessions, workerId, log }: Parts): Promise<Turn> {
  const { doubted, refused } = await endPublications(sql);
  if (doubted + refused > 0) log.warn({ doubted, refused }, "publications of a vanished worker are in doubt, those of a removed connection refused");
  const open = new Map<string, AnySession>();
  // opened before anything is claimed: while a broker is down its messages wait
  for (const id of await connectionsToPublish(sql)) {
    const session = await sessions.get(id).catch((error: unknown) => (error instanceof Fault ? null : Promise.reject(error)));
    if (session !== null) open.set(id, session);
  }
  if (open.size === 0) return "idle";
  const claimed = await claimPublications(sql, { connectionIds: [...open.keys()], worker: workerId, limit: CHUNK, maxBytes: CHUNK_BYTES, leaseMs: LEASE_MS });
  if (claimed.length === 0) return "idle";
  failpoint("publish.claimed");
  const deadline = AbortSignal.timeout(PUBLISH_DEADLINE_MS);
  const places = Map.groupBy(claimed, ({ connectionId, target }) => `${connectionId} ${target}`);
  const verdicts = await Promise.all([...places.values()].map((same) => publishTo(open, same, deadline)));
  failpoint("publish.published");
  await settlePublications(sql, workerId, verdicts.flat());
  return "worked";
}

async function publishTo(open: ReadonlyMap<string, AnySession>, same: readonly ClaimedPublication[], deadline: AbortSignal): Promise<PublicationVerdict[]> {
  const [{ connectionId, target }] = same as [ClaimedPublication];
  const session = open.get(connectionId);
  const all = (status: "refused" | "unknown", fault: Fault): PublicationVerdict[] => same.map(({ id }) => ({ id, outcome: { status, fault } }));
  if (session === undefined) return all("refused", new Fault("unreachable", "the connection was not open"));
  try {
    const outcomes = await session.publish(same.map(outgoingOf), JSON.parse(target) as Target, deadline);
    return same.map(({ id }, i) => ({ id, outcome: outcomes[i] ?? { status: "unknown", fault: new Fault("internal", "the adapter gave no outcome") } }));
  } catch (error) {
    // an adapter must not throw here; when it does, nobody knows what was sent
    return all("unknown", error instanceof Fault ? error : new Fault("internal", String(error)));
  }
}

function outgoingOf({ id, kind, headers, contentType, key, body }: ClaimedPublication): Outgoing {
  const given = JSON.parse(headers) as Header[];
  const named = given.some(({ name }) => name.toLowerCase() === "content-type");
  const described = contentType === null || named || kind === "rabbitmq" || kind === "pgboss" ? given : [...given, { name: "content-type", value: { t: "text", v: contentType } } as const];
  return { attemptId: id, body, headers: described, native: nativeOf({ id, kind, contentType, key }) };
}

/** What the brokers keep beside headers, of a message that comes from none. */
function nativeOf({ id, kind, contentType, key }: Pick<ClaimedPublication, "id" | "kind" | "contentType" | "key">): Native {
  if (kind === "kafka")
    return { transport: "kafka", queue: "", partition: 0, offset: "0", timestamp: "-1", key: key === null ? null : Buffer.from(key).toString("base64"), tombstone: false };
  const properties = { ...(contentType === null ? {} : { contentType }), deliveryMode: 2, messageId: id };
  return { transport: "amqp-0.9.1", queue: "", exchange: "", routingKey: "", redelivered: false, properties };
}
