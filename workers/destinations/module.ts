import { headerWords } from "#core/message/header-words.ts";
import type { ModuleDestination } from "#core/route/definition.ts";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import type { Delivery, Destination } from "./destination.ts";
import { refused } from "./errors.ts";
import { moduleFile } from "./module-file.ts";
import { ModuleHost } from "./module-host.ts";
import type { WireDelivery } from "./module-wire.ts";

/** Where modules lie, null where the workers have no such folder, and the environment a module sees. */
export type ModuleEnv = { readonly folder: string | null; readonly variables: Readonly<Record<string, string>> };

/**
 * A TypeScript or JavaScript file of the operator's, run in a thread of its own with a deadline and a memory cap
 * (module-api.ts is what it sees). Looked at before each call: a file written anew gets a new thread, the old one ends with its
 * last call. A thread that ended is replaced at the next call. The thread is no sandbox: the code is trusted as Redrive's own.
 */
export function openModule(definition: ModuleDestination, env: ModuleEnv): Destination {
  // those that have been replaced may still have calls to end
  const hosts = new Set<ModuleHost>();
  let current: ModuleHost | null = null;

  const hostOf = async (folder: string): Promise<ModuleHost | string> => {
    const file = await moduleFile(folder, definition.file);
    if (typeof file === "string") return file;
    if (current?.usable === true && current.file.version === file.version) return current;
    current?.retire();
    current = new ModuleHost({ file, memoryMb: definition.memoryMb, timeoutMs: definition.timeoutMs, variables: env.variables });
    for (const host of hosts) if (!host.usable) hosts.delete(host);
    hosts.add(current);
    return current;
  };
  return {
    deliver: async (delivery, stop): Promise<DeliveryOutcome> => {
      if (env.folder === null) return refused("configuration", "REDRIVE_MODULES_DIR is not set in the environment of the workers");
      const host = await hostOf(env.folder);
      return typeof host === "string" ? refused("module_missing", host) : host.call(wired(delivery), stop);
    },
    close: async () => {
      await Promise.all([...hosts].map((host) => host.end()));
    },
  };
}

const wired = ({ messageId, attempt, route, receivedAt, body, headers, native }: Delivery): WireDelivery => ({
  messageId,
  attempt,
  route,
  receivedAt,
  body,
  headers: headers.map(({ name, value }) => [name, headerWords(value)] as const),
  native,
});
