import type { BrokerKind } from "#core/brokers/index.ts";
import { Fault } from "#core/fault.ts";
import type { Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { allConnections, setConnectionState, type StoredConnection } from "#db/queries/connections.ts";
import { unseal } from "#db/secrets.ts";
import { openGuardStore, openSession, type AnySession, type OpenInput } from "./adapters/index.ts";
import type { Log } from "./log.ts";

const OPEN_DEADLINE_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

type Entry = { readonly revision: number; readonly session: Promise<AnySession> };
type Down = { readonly revision: number; readonly until: number; readonly pauseMs: number; readonly fault: Fault };

/** Open sessions by connection, one each, shared by all duties; opened anew after a loss or a change of settings. */
export class Sessions {
  readonly #sql: Sql;
  readonly #privateKey: string;
  readonly #log: Log;
  readonly #open = new Map<string, Entry>();
  readonly #down = new Map<string, Down>();
  #connections = new Map<string, StoredConnection>();

  constructor(sql: Sql, privateKey: string, log: Log) {
    this.#sql = sql;
    this.#privateKey = privateKey;
    this.#log = log;
  }

  /** Reads the connections again, and closes sessions of those that changed or went. */
  async refresh(): Promise<readonly StoredConnection[]> {
    const rows = await allConnections(this.#sql);
    this.#connections = new Map(rows.map((row) => [row.id, row]));
    for (const [id, entry] of this.#open)
      if (this.#connections.get(id)?.revision !== entry.revision) this.#drop(id, entry);
    return rows;
  }

  /** The session of a connection. Throws Fault at once while the connection rests after a failure. */
  async get(connectionId: string): Promise<AnySession> {
    const connection = await this.#stored(connectionId);
    const open = this.#open.get(connectionId);
    if (open?.revision === connection.revision) return open.session;
    const down = this.#down.get(connectionId);
    if (down?.revision === connection.revision && Date.now() < down.until) throw down.fault;
    const entry: Entry = { revision: connection.revision, session: this.#connect(connection) };
    this.#open.set(connectionId, entry);
    try {
      const session = await entry.session;
      this.#down.delete(connectionId);
      await this.#tell(connectionId, null);
      session.lost.catch((error: unknown) => void this.#lost(connection, entry, error));
      return session;
    } catch (error) {
      await this.#lost(connection, entry, error);
      throw error;
    }
  }

  /** A connection's settings and its secrets in the clear, JSON text both. Throws Fault. */
  async settingsOf(connectionId: string): Promise<{ readonly kind: BrokerKind; readonly settings: string; readonly secrets: string }> {
    // read anew: what was saved a moment ago counts
    const connection = (await this.refresh()).find(({ id }) => id === connectionId);
    if (connection === undefined) throw new Fault("not_found", "this connection was removed");
    return { kind: connection.kind, settings: connection.settings, secrets: this.#unseal(connection) };
  }

  /** Opens one with given settings, for a probe; the caller closes it. Throws Fault. */
  async probe(input: Omit<StoredConnection, "id" | "revision">): Promise<AnySession> {
    return this.#connect(input);
  }

  /** Opens a guard's store on a connection, apart from its session; the caller closes it. Throws Fault. */
  async guardStore(connectionId: string, routeId: string): ReturnType<typeof openGuardStore> {
    return openGuardStore(this.#input(await this.#stored(connectionId)), routeId);
  }

  /** Closes everything; waits for what is under way. */
  async close(): Promise<void> {
    const sessions = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(sessions.map(async ({ session }) => (await session)[Symbol.asyncDispose]()));
  }

  async #connect(connection: Omit<StoredConnection, "id" | "revision">): Promise<AnySession> {
    return openSession(this.#input(connection));
  }

  async #stored(connectionId: string): Promise<StoredConnection> {
    const connection = this.#connections.get(connectionId) ?? (await this.refresh()).find(({ id }) => id === connectionId);
    if (connection === undefined) throw new Fault("not_found", "this connection was removed");
    return connection;
  }

  #input(connection: Omit<StoredConnection, "id" | "revision">): OpenInput {
    return {
      kind: connection.kind,
      name: `redrive ${connection.name}`,
      settings: connection.settings,
      secrets: this.#unseal(connection),
      signal: AbortSignal.timeout(OPEN_DEADLINE_MS),
    };
  }

  #unseal({ secrets, name }: Pick<StoredConnection, "secrets" | "name">): string {
    try {
      return unseal(this.#privateKey, secrets);
    } catch {
      throw new Fault("unauthorised", `the secrets of ${name} were sealed for another key: write them anew`);
    }
  }

  async #lost(connection: StoredConnection, entry: Entry, error: unknown): Promise<void> {
    if (this.#open.get(connection.id) !== entry) return;
    const fault = error instanceof Fault ? error : new Fault("internal", String(error));
    const earlier = this.#down.get(connection.id);
    const pauseMs = Math.min((earlier?.pauseMs ?? FIRST_PAUSE_MS / 2) * 2, LONGEST_PAUSE_MS);
    this.#down.set(connection.id, {
      revision: connection.revision,
      until: Date.now() + pauseMs * (0.5 + Math.random() / 2),
      pauseMs,
      fault,
    });
    this.#drop(connection.id, entry);
    this.#log.warn({ connection: connection.name, fault: fault.code, detail: fault.detail }, "connection lost");
    await this.#tell(connection.id, fault);
  }

  #drop(connectionId: string, entry: Entry): void {
    if (this.#open.get(connectionId) === entry) this.#open.delete(connectionId);
    entry.session.then((session) => session[Symbol.asyncDispose]()).catch(() => undefined);
  }

  async #tell(connectionId: string, fault: Fault | null): Promise<void> {
    try {
      if (await setConnectionState(this.#sql, connectionId, fault)) await notify(this.#sql, ["connections"]);
    } catch (error) {
      this.#log.warn({ err: error }, "the connection's state could not be written");
    }
  }
}
