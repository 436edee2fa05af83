import { connect, type Sql } from "#db/client.ts";
import { inBackground, type TrafficOptions } from "./pace.ts";
import { portOfRoute, settleRoute, type DemoRoute } from "./route-rows.ts";
import { ROUTED_QUEUE } from "./routed-orders.ts";
import { startSink, type ServiceSink } from "./service-sink.ts";

const A_DAY = 86_400;

const common = {
  // a producer that was not sure sends an order twice: the second is a duplicate, and not delivered
  guard: { key: { by: "pointer", pointer: "/orderId" }, store: { kind: "postgres" }, ttlSeconds: A_DAY },
  retry: { maxAttempts: 6, baseMs: 1_000, capMs: 15_000 },
  breaker: { failureShare: 0.5, of: 8, openSeconds: 5 },
} as const;

/** The routes of the demo, each to a service of its own that has bad moments. */
const DEMO_ROUTES: readonly DemoRoute[] = [
  { name: "orders to inventory", connection: "jobs", source: { queue: ROUTED_QUEUE }, service: "inventory", rest: { ...common, limits: { perSecond: 20, inFlight: 8 } } },
  {
    name: "orders to loyalty",
    connection: "shop",
    source: { queue: ROUTED_QUEUE, type: "classic" },
    service: "loyalty",
    rest: { ...common, ordered: { by: "pointer", pointer: "/customer/id" } },
  },
];

/**
 * Starts the services that the demo's routes deliver to, and sees that the routes are there and know their ports. `url` is the
 * address of Redrive's own database. Begins in the background and never throws. Resolves to what stops it.
 */
export const startRoutes = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample routes", given, run);

async function run({ url, signal, log }: TrafficOptions): Promise<void> {
  const database = connect(url, { max: 1, name: "redrive demo routes" });
  const sinks: ServiceSink[] = [];
  try {
    for (const route of DEMO_ROUTES) sinks.push(await open(database.sql, route, log));
    await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true })));
  } finally {
    await Promise.all(sinks.map((sink) => sink.close()));
    await database.close();
  }
}

async function open(sql: Sql, route: DemoRoute, log: TrafficOptions["log"]): Promise<ServiceSink> {
  const sink = await startSink(route.service, await portOfRoute(sql, route));
  const there = await settleRoute(sql, route, sink.port);
  if (there) log(`sample route ${route.name}: ${route.connection} / ${ROUTED_QUEUE} to http://127.0.0.1:${sink.port}`);
  return sink;
}
