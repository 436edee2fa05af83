import { listen } from "#db/listen.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import { connectSql } from "#db/sql-client.ts";
import { captureDuty } from "./duties/capture.ts";
import { openDestination } from "./destinations/index.ts";
import { commandsDuty } from "./duties/commands.ts";
import { deliverDuty } from "./duties/deliver.ts";
import { measureDuty } from "./duties/measure.ts";
import { publishDuty } from "./duties/publish.ts";
import type { Parts } from "./duties/parts.ts";
import { resendDuty } from "./duties/resend.ts";
import { retainDuty } from "./duties/retain.ts";
import { watchDuty } from "./duties/watch.ts";
import { workerEnv } from "./env.ts";
import { openGuard } from "./guards/index.ts";
import { makeLog } from "./log.ts";
import { armFailpoint } from "./runtime/failpoint.ts";
import { keepBeating } from "./runtime/health.ts";
import { finds } from "./runtime/search.ts";
import { LeaseKeeper } from "./runtime/lease-keeper.ts";
import { untilSignal } from "./runtime/shutdown.ts";
import { surviveLostConnections } from "./runtime/stray-rejections.ts";
import { Supervisor } from "./runtime/supervisor.ts";
import { makeWake } from "./runtime/wake.ts";
import { Sessions } from "./sessions.ts";

const VERSION = "0.1.0";

const env = workerEnv();
armFailpoint(env.failpoint);
const log = makeLog(env.logLevel);
surviveLostConnections(log);
const { sql, close } = connectSql(env.databaseUrl, { max: 10, name: "redrive worker" });
const routes = connectSql(env.databaseUrl, { max: 6, name: "redrive worker routes", lookups: true });
const leases = new LeaseKeeper(sql, env.workerId, log);
const sessions = new Sessions(sql, env.privateKey, log);
const parts: Parts = { sql, log, leases, sessions, workerId: env.workerId };
const wakes = { resend: makeWake(), commands: makeWake(), deliver: makeWake(), publish: makeWake() };
const destinations = {
  sessionOf: (id: string) => sessions.get(id),
  secret: env.routeSecret,
  privateCap: env.privateCap,
  modules: env.modules,
};
const delivering = {
  ...parts,
  sql: routes.sql,
  finds,
  openDestination: (route: ActiveRoute) => openDestination(route.definition.destination, destinations),
  openGuard: ({ id, definition }: ActiveRoute) => (definition.guard === null ? null : openGuard(definition.guard, id, { sql: routes.sql, sessions })),
};
const supervisor = new Supervisor(log);

await untilSignal(log, async (stop) => {
  const listener = await listen(env.databaseUrl, "redrive worker", (topics) => {
    if (topics.includes("operations")) wakes.resend.hint();
    if (topics.includes("commands")) wakes.commands.hint();
    if (topics.includes("publications")) wakes.publish.hint();
    if (topics.includes("deliveries")) wakes.deliver.hint();
  });
  // leases are renewed until the duties have drained
  const drained = new AbortController();
  const renewing = supervisor.run([{ name: "leases", run: (signal) => leases.run(signal) }], drained.signal);
  const beating = keepBeating(sql, { id: env.workerId, host: env.host, version: VERSION }, supervisor, log, stop);
  log.info({ worker: env.workerId }, "worker ready");
  await supervisor.run(
    [captureDuty(parts), deliverDuty(delivering, wakes.deliver), resendDuty(parts, wakes.resend), publishDuty(parts, wakes.publish), watchDuty(parts), measureDuty(parts), commandsDuty(parts, wakes.commands), retainDuty(parts)],
    stop,
  );
  drained.abort();
  await Promise.all([renewing, beating]);
  await sessions.close();
  await listener.close();
  await Promise.all([close(), routes.close()]);
  log.info("worker stopped");
});
