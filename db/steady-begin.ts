import type postgres from "postgres";

/**
 * Makes `sql.begin` survive the loss of its connection, and returns the same client.
 * postgres.js 3.4.9 answers any failure inside a transaction with a rollback, also when the connection is what failed;
 * writing to the closed connection then throws outside of every promise, which ends the process. Here nothing more is
 * sent once the connection is gone: `begin` itself rejects then (CONNECTION_CLOSED), so the callback is left unsettled.
 * Left over: the first statement on the connection made in its place may fail with the same error, unsent.
 */
export function steadyBegin<T extends Record<string, unknown>>(sql: postgres.Sql<T>): postgres.Sql<T> {
  const begin = sql.begin.bind(sql) as (options: string, run: (tx: postgres.TransactionSql<T>) => unknown) => Promise<unknown>;
  const steady = (...given: [Run<T>] | [string, Run<T>]): Promise<unknown> => {
    const [options, run] = given.length === 1 ? ["", given[0]] : given;
    const state = { gone: false };
    const result = begin(options, (tx) => whileConnected(state, () => run(refusing(tx, state))));
    result.catch(() => {
      state.gone = true;
    });
    return result;
  };
  return Object.assign(sql, { begin: steady });
}

type Run<T extends Record<string, unknown>> = (tx: postgres.TransactionSql<T>) => unknown;
type State = { gone: boolean };

const LOST = /^(CONNECTION_|CONNECT_TIMEOUT|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;

/** Whether an error says that a connection was lost or not made. */
export const isLost = (error: unknown): boolean => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return (typeof code === "string" && LOST.test(code)) || (cause !== undefined && cause !== error && isLost(cause));
};

async function whileConnected(state: State, run: () => unknown): Promise<unknown> {
  try {
    const given = run();
    const answer = await (Array.isArray(given) ? Promise.all(given) : given);
    if (!state.gone) return answer;
  } catch (error) {
    if (!state.gone && !isLost(error)) throw error;
  }
  return new Promise(() => undefined);
}

/** The transaction's client, which refuses whatever is asked after the end of its connection. */
function refusing<T extends Record<string, unknown>>(tx: postgres.TransactionSql<T>, state: State): postgres.TransactionSql<T> {
  const refuse = (): void => {
    if (state.gone) throw Object.assign(new Error("the transaction's connection was lost"), { code: "CONNECTION_CLOSED" });
  };
  return new Proxy(tx, {
    apply(target, self, args) {
      refuse();
      return Reflect.apply(target, self, args) as unknown;
    },
    get(target, name) {
      refuse();
      return Reflect.get(target, name) as unknown;
    },
  });
}
