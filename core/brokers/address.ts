type Settings = Readonly<Record<string, unknown>>;

/** The settings that say where a secret is sent, whatever the broker. */
const ADDRESS = [
  "host",
  "port",
  "tls",
  "managementUrl",
  "brokers",
  "cluster",
  "sentinelMaster",
  "nodes",
  "servers",
  "proxy",
  "nameServer",
  "webServiceUrl",
  "webSocketUrl",
  "schemaRegistryUrl",
];

/**
 * The first setting by which the secret would go elsewhere than before, or null. A stored secret is write-only only
 * as long as nobody can point it at a server of their own. Both are as the manifest's schema reads them.
 */
export const movedBy = (before: Settings, after: Settings): string | null =>
  ADDRESS.find((name) => before[name] !== after[name]) ?? null;
