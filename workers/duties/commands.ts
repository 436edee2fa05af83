import { commandInputs, type CommandKind } from "#core/commands.ts";
import type { BrokerKind } from "#core/brokers/index.ts";
import { Fault } from "#core/fault.ts";
import { answerCommand, claimCommand, type ClaimedCommand } from "#db/queries/commands.ts";
import { storeSchema } from "#db/queries/schemas.ts";
import { loop, type Turn } from "../runtime/loop.ts";
import type { Duty } from "../runtime/supervisor.ts";
import type { Wake } from "../runtime/wake.ts";
import { fetchSchema, registryOf } from "../schema-registry.ts";
import { discover, measure } from "./measure.ts";
import type { Parts } from "./parts.ts";

const IDLE_MS = 500;
const LEASE_MS = 20_000;
const PROBE_DEADLINE_MS = 10_000;
const SCHEMA_DEADLINE_MS = 10_000;

/** Does what the web wished and writes the answer down. */
export const commandsDuty = (parts: Parts, wake: Wake): Duty => ({
  name: "commands",
  run: (stop) =>
    loop({ turn: () => commandTurn(parts, stop), idleMs: IDLE_MS, wake, onError: (error) => parts.log.error({ err: error }, "command failed") }, stop),
});

async function commandTurn(parts: Parts, stop: AbortSignal): Promise<Turn> {
  const command = await claimCommand(parts.sql, LEASE_MS);
  if (command === null) return "idle";
  try {
    const answer = await carryOut(parts, command, stop);
    await answerCommand(parts.sql, command.id, { ok: true, answer: JSON.stringify(answer) });
  } catch (error) {
    if (!(error instanceof Fault)) parts.log.error({ command: command.kind, err: error }, "command failed");
    const fault = error instanceof Fault ? error : new Fault("internal", "Redrive's own error, see the workers' log");
    await answerCommand(parts.sql, command.id, { ok: false, code: fault.code, detail: fault.detail });
  }
  return "worked";
}

async function carryOut(parts: Parts, { kind, input }: ClaimedCommand, stop: AbortSignal): Promise<unknown> {
  const run: { [K in CommandKind]: (input: unknown) => Promise<unknown> } = {
    probe: async (given) => probe(parts, commandInputs.probe.parse(given)),
    discover: async (given) => ({ queues: await discover(parts, commandInputs.discover.parse(given).connectionId, stop) }),
    measure: async (given) => ({ queues: await measure(parts, commandInputs.measure.parse(given).connectionId, stop) }),
    schema: async (given) => schema(parts, commandInputs.schema.parse(given), stop),
  };
  return run[kind](JSON.parse(input));
}

async function schema({ sessions, sql }: Parts, { connectionId, schemaId }: { connectionId: string; schemaId: number }, stop: AbortSignal) {
  const { kind, settings, secrets } = await sessions.settingsOf(connectionId);
  const registry = registryOf(kind, settings, secrets);
  if (registry === null) throw new Fault("unsupported", "this connection names no schema registry");
  const found = await fetchSchema(registry, schemaId, AbortSignal.any([stop, AbortSignal.timeout(SCHEMA_DEADLINE_MS)]));
  await storeSchema(sql, { connectionId, registry: registry.url, schemaId }, found);
  return { type: found.type, references: found.references.length };
}

async function probe({ sessions }: Parts, { kind, settings, secrets }: { kind: string; settings: string; secrets: string }) {
  const began = performance.now();
  await using session = await sessions.probe({ name: "probe", kind: kind as BrokerKind, settings, secrets });
  const deadline = AbortSignal.timeout(PROBE_DEADLINE_MS);
  await session.ping(deadline);
  const queues = await session.discover(deadline).then(
    (found) => ({ queues: found.length, fault: null }),
    // a login that may not list queues can still be captured from
    (error: unknown) => ({ queues: null, fault: error instanceof Fault ? `${error.code}: ${error.detail}` : "internal" }),
  );
  return { ms: Math.round(performance.now() - began), ...queues };
}
