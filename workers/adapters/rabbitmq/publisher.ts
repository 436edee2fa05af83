import { channelPool, type ChannelPool } from "./channel-pool.ts";
import type { ConfirmChannel } from "./client.ts";
import type { Connection } from "./connection.ts";

/** A connection for publishing only, and what is remembered while it lasts. */
export type Publisher = {
  readonly connection: Connection;
  readonly channels: ChannelPool<ConfirmChannel>;
  /** Exchanges published to before. */
  readonly known: Set<string>;
};

export type Publishers = {
  /** The publisher, opened at the first use and again after it was lost. Throws Fault. */
  get(): Promise<Publisher>;
  close(): Promise<void>;
};

/**
 * Publishing has a connection of its own: a broker in need (memory, disk) stops reading from connections that publish,
 * and capture's acks would wait with them.
 */
export function publishers(open: () => Promise<Connection>): Publishers {
  let opening: Promise<Publisher> | null = null;
  const start = async (): Promise<Publisher> => {
    const connection = await open();
    return { connection, channels: channelPool(connection.openConfirmChannel), known: new Set() };
  };
  return {
    get: async () => {
      const before = opening;
      const current = await before?.catch(() => null);
      if (current != null && current.connection.fault() === null) return current;
      // Whoever comes back first opens it anew, the others wait for that.
      if (opening === before) opening = start();
      return opening ?? start();
    },
    close: async () => {
      const current = await opening?.catch(() => null);
      await current?.connection.close();
    },
  };
}
