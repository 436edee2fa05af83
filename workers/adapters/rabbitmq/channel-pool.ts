import type { Channel } from "./client.ts";
import type { Tracked } from "./connection.ts";

/** Channels that are idle, kept because opening one costs two round trips. */
export type ChannelPool<C extends Channel> = {
  /** An idle channel or a new one, for the caller alone. Throws Fault. */
  take(): Promise<Tracked<C>>;
  /** Only a channel on which nothing is awaited may come back; ended ones are forgotten. */
  giveBack(channel: Tracked<C>): void;
  /** For a channel on which something is still awaited: closes it without waiting. */
  discard(channel: Tracked<C>): void;
};

const MAX_IDLE = 8;

export function channelPool<C extends Channel>(open: () => Promise<Tracked<C>>): ChannelPool<C> {
  const idle: Tracked<C>[] = [];
  const discard = ({ channel, fault }: Tracked<C>): void => {
    if (fault() === null) channel.close().catch(() => {});
  };
  return {
    take: async () => {
      for (let channel = idle.pop(); channel !== undefined; channel = idle.pop()) {
        if (channel.fault() === null) return channel;
      }
      return open();
    },
    giveBack: (channel) => {
      if (channel.fault() !== null) return;
      if (idle.length < MAX_IDLE) idle.push(channel);
      else discard(channel);
    },
    discard,
  };
}
