import { fullRoutes } from "#db/queries/deliveries-store.ts";
import { dueRoutes, renewDeliveries } from "#db/queries/deliveries-claim.ts";
import { reclaimDeliveries } from "#db/queries/deliveries-vanished.ts";
import { allRoutes, holdRoute, setRouteFault, type ActiveRoute } from "#db/queries/routes.ts";
import { placeAmongWorkers } from "#db/queries/workers.ts";
import type { Destination } from "../destinations/destination.ts";
import type { Guard } from "../guards/guard.ts";
import { LiveHints } from "../runtime/live-hints.ts";
import type { Duty } from "../runtime/supervisor.ts";
import { pause, type Wake } from "../runtime/wake.ts";
import { Breakers } from "./breakers.ts";
import type { Parts } from "./parts.ts";
import { LEASE_MS, RouteRunner, type RunnerParts } from "./route-runner.ts";
import { plainVerdicts } from "./route-settling.ts";

/** How often due deliveries are looked for; a hint is quicker. */
const LOOK_MS = 250;
/** How often routes, breakers and leases are looked at. */
const KEEP_MS = 1_000;
const RENEW_MS = 4_000;
/** After it what is under way is cut off, so that it can still be written down before the process ends. */
const DRAIN_MS = 7_000;
/** A route that paused because it was full consumes again when this share of its limit is left. */
const ROOM_SHARE = 0.8;

export type DeliverParts = Parts & {
  /** Opens a route's destination; what is wrong with it is told at each delivery. */
  openDestination(route: ActiveRoute): Destination;
  /** Opens the store of a route's guard; null when it has none. Connects when it is asked first. */
  openGuard(route: ActiveRoute): Guard | null;
  finds(pattern: string, text: string): boolean;
};

type Running = { readonly runner: RouteRunner; readonly stop: AbortController; readonly ended: Promise<void> };

/** Delivers for every route. Any number of workers may do this at once. */
export const deliverDuty = (parts: DeliverParts, wake: Wake): Duty => ({
  name: "deliver",
  run: (stop) => new Deliverer(parts).run(stop, wake),
});

class Deliverer {
  readonly #parts: DeliverParts;
  readonly #runners: RunnerParts;
  readonly #breakers: Breakers;
  readonly #running = new Map<string, Running>();
  readonly #cut = new AbortController();

  constructor(parts: DeliverParts) {
    this.#parts = parts;
    this.#breakers = new Breakers(parts.sql);
    const settling = { ...parts, hints: new LiveHints(parts.sql, parts.log) };
    this.#runners = { ...settling, breakers: this.#breakers, plain: plainVerdicts(settling) };
  }

  async run(stop: AbortSignal, wake: Wake): Promise<void> {
    const ended = new AbortController();
    const keeping = Promise.all([this.#keep(ended.signal), this.#renew(ended.signal)]);
    try {
      while (!stop.aborted) {
        await this.#look().catch((error: unknown) => this.#parts.log.warn({ err: error }, "due deliveries could not be looked for"));
        await wake.wait(LOOK_MS, stop);
      }
    } finally {
      const cutting = setTimeout(() => this.#cut.abort(), DRAIN_MS);
      ended.abort();
      await this.#endAll();
      clearTimeout(cutting);
      await keeping;
    }
  }

  async #endAll(): Promise<void> {
    for (const { stop } of this.#running.values()) stop.abort();
    const renewing = setInterval(() => void this.#renewOnce().catch(() => undefined), RENEW_MS);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    clearInterval(renewing);
    await this.#runners.hints.flush();
  }

  async #look(): Promise<void> {
    const due = await dueRoutes(this.#parts.sql, [...this.#running.keys()]);
    for (const id of due) this.#running.get(id)?.runner.wake.hint();
  }

  async #keep(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        const reclaimed = await reclaimDeliveries(this.#parts.sql);
        if (reclaimed > 0) this.#parts.log.warn({ reclaimed }, "deliveries of a vanished worker are taken up again");
        await this.#breakers.refresh();
        await this.#follow(await allRoutes(this.#parts.sql));
      } catch (error) {
        this.#parts.log.warn({ err: error }, "routes could not be looked at");
      }
      await pause(KEEP_MS, stop);
    }
  }

  /** Runs each route at the version it has now, with this worker's share. */
  async #follow(routes: readonly ActiveRoute[]): Promise<void> {
    const among = await placeAmongWorkers(this.#parts.sql, this.#parts.workerId);
    for (const [id, { runner, stop }] of this.#running) {
      const now = routes.find((route) => route.id === id);
      if (now?.version !== runner.route.version || now.running !== runner.route.running) stop.abort();
    }
    const { sql } = this.#parts;
    const full = await fullRoutes(sql, routes.flatMap(limitOf));
    for (const route of routes) {
      const { runner } = this.#running.get(route.id) ?? this.#begin(route);
      runner.share = shareOf(route.definition.limits.inFlight, among);
      // it may be time for a probe, which takes also what is not due
      if (this.#breakers.isOpen(runner.destinationKey)) runner.wake.hint();
      if ((runner.guardFault?.code ?? null) !== route.fault) await setRouteFault(sql, route.id, runner.guardFault);
      const heldBy = this.#heldBy(runner, full);
      if (route.running && heldBy !== route.heldBy) await holdRoute(sql, route.id, heldBy);
    }
  }

  #begin(route: ActiveRoute): Running {
    const { log } = this.#parts;
    const runner = new RouteRunner(this.#runners, route, { destination: this.#parts.openDestination(route), guard: this.#parts.openGuard(route) });
    const stop = new AbortController();
    const ended = runner
      .run(stop.signal, this.#cut.signal)
      .catch((error: unknown) => log.error({ route: route.name, err: error }, "a route ended"))
      .finally(() => this.#running.delete(route.id));
    const running = { runner, stop, ended };
    this.#running.set(route.id, running);
    return running;
  }

  #heldBy({ route, destinationKey, guardFault }: RouteRunner, full: ReadonlySet<string>): ActiveRoute["heldBy"] {
    // what is not heard is lost: it waits in PostgreSQL as long as there is room
    if (route.custody !== "heard") {
      if (this.#breakers.isOpen(destinationKey)) return "breaker";
      if (guardFault !== null) return "guard";
    }
    return full.has(route.id) ? "full" : null;
  }

  async #renew(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#renewOnce().catch((error: unknown) => this.#parts.log.warn({ err: error }, "leases of deliveries could not be renewed"));
      await pause(RENEW_MS, stop);
    }
  }

  async #renewOnce(): Promise<void> {
    const held = [...this.#running.values()].flatMap(({ runner }) => runner.held);
    await renewDeliveries(this.#parts.sql, held, LEASE_MS);
  }
}

/** With how many unfinished a route pauses its queue; one that paused consumes again when there is some room. */
function limitOf({ id, running, heldBy, definition: { limits } }: ActiveRoute): { id: string; limit: number }[] {
  if (!running || limits.whenFull !== "pause") return [];
  return [{ id, limit: heldBy === "full" ? Math.max(1, Math.floor(limits.waiting * ROOM_SHARE)) : limits.waiting }];
}

/** One worker's part of what may be under way at once; all parts together are the whole, also when there are more workers than that. */
const shareOf = (inFlight: number, { workers, place }: { workers: number; place: number }): number =>
  Math.floor(inFlight / workers) + (place < inFlight % workers ? 1 : 0);
