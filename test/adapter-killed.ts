import type { CaptureLimits, Batch } from "#core/brokers/adapter.ts";

/**
 * A child process of the adapter contract: captures until `count` deaths were read, accepts none, and kills itself
 * as hard as there is. Its one argument is JSON.
 */
type Order = {
  readonly module: string;
  readonly exportName: string;
  readonly access: { readonly settings: unknown; readonly secrets: unknown };
  readonly source: unknown;
  readonly count: number;
};
type AnySession = {
  capture(source: unknown, from: null, limits: CaptureLimits, stop: AbortSignal): AsyncIterable<Batch>;
};

const { module: specifier, exportName, access, source, count } = JSON.parse(process.argv[2] ?? "") as Order;
const loaded = (await import(specifier)) as Record<string, (input: object) => Promise<AnySession>>;
const adapter = loaded[exportName];
if (adapter === undefined) throw new Error(`${specifier} exports no ${exportName}`);

const { signal } = new AbortController();
const session = await adapter({ name: "to be killed", ...access, signal });
let read = 0;
for await (const batch of session.capture(source, null, { maxBytes: 1e6, maxCount: 3, maxWaitMs: 20 }, signal)) {
  read += batch.deaths.length;
  if (read >= count) {
    process.stdout.write(`read ${read}\n`, () => process.kill(process.pid, "SIGKILL"));
    await new Promise(() => {});
  }
}
