import { z } from "zod";
import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import { Fault } from "#core/fault.ts";
import { SCHEMA_TYPES, type SchemaType, type StoredSchema } from "#core/message/views.ts";

/** Where a registry is and how one logs in; empty user: without. */
export type Registry = { readonly url: string; readonly user: string; readonly password: string };

/** Bytes of one answer. */
const MAX_ANSWER = 1024 * 1024;
/** Schemas that one schema may lead to, itself included, and how far. */
const MAX_SCHEMAS = 32;
const MAX_LEVELS = 8;

// the answers of GET /schemas/ids/{id} and GET /subjects/{subject}/versions/{version}; no type is Avro
const answer = z.object({
  schema: z.string(),
  schemaType: z.string().default("AVRO"),
  references: z.array(z.object({ name: z.string(), subject: z.string(), version: z.number().int() })).max(MAX_SCHEMAS).nullish(),
});
type Answer = z.infer<typeof answer>;

/** The registry a connection names, or null. */
export function registryOf(kind: BrokerKind, settings: string, secrets: string): Registry | null {
  if (kind !== "kafka") return null;
  const { schemaRegistryUrl, schemaRegistryUser } = manifests.kafka.settings.parse(JSON.parse(settings));
  const { schemaRegistryPassword } = manifests.kafka.secrets.parse(JSON.parse(secrets));
  return schemaRegistryUrl === "" ? null : { url: schemaRegistryUrl, user: schemaRegistryUser, password: schemaRegistryPassword };
}

/**
 * A schema with all it refers to, by the REST interface that Confluent's registry has and others share. Redirects are not
 * followed: they could lead the login elsewhere. Throws Fault; what a server answered besides a schema is not repeated.
 */
export async function fetchSchema(registry: Registry, id: number, signal: AbortSignal): Promise<StoredSchema> {
  const root = await read(registry, `/schemas/ids/${id}`, signal);
  const type = SCHEMA_TYPES.find((known): known is SchemaType => known === root.schemaType);
  if (type === undefined) throw new Fault("unsupported", `schema ${id} is of the type ${root.schemaType.slice(0, 40)}`);
  const references = new Map<string, string>();
  await follow(registry, root, references, 1, signal);
  return { type, text: root.schema, references: [...references].map(([name, text]) => ({ name, text })) };
}

/** Adds what a schema refers to, those first that others need. */
async function follow(registry: Registry, schema: Answer, found: Map<string, string>, level: number, signal: AbortSignal): Promise<void> {
  for (const { name, subject, version } of schema.references ?? []) {
    if (found.has(name)) continue;
    if (level >= MAX_LEVELS || found.size >= MAX_SCHEMAS) throw new Fault("too_large", `the schema refers to more than ${MAX_SCHEMAS} others, or over more than ${MAX_LEVELS} levels`);
    const referred = await read(registry, `/subjects/${encodeURIComponent(subject)}/versions/${version}`, signal);
    await follow(registry, referred, found, level + 1, signal);
    found.set(name, referred.schema);
  }
}

async function read({ url, user, password }: Registry, path: string, signal: AbortSignal): Promise<Answer> {
  const login = user === "" && password === "" ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
  const headers = { accept: "application/vnd.schemaregistry.v1+json, application/json", ...login };
  try {
    const response = await fetch(url.replace(/\/+$/, "") + path, { headers, redirect: "manual", signal });
    const fault = faultOf(response.status, path);
    if (fault !== null) {
      await response.body?.cancel();
      throw fault;
    }
    const parsed = answer.safeParse(JSON.parse(await bounded(response)));
    if (!parsed.success) throw new Fault("invalid", "the registry's answer is no schema");
    return parsed.data;
  } catch (error) {
    throw error instanceof Fault ? error : unreachable(error);
  }
}

function faultOf(status: number, path: string): Fault | null {
  if (status === 200) return null;
  if (status === 401 || status === 403) return new Fault("unauthorised", `the registry refuses the login (${status})`);
  if (status === 404) return new Fault("not_found", `the registry has nothing at ${path}`);
  if (status >= 300 && status < 400) return new Fault("unsupported", `the registry answers with a redirect (${status}), which is not followed`);
  return new Fault(status === 429 ? "throttled" : "unreachable", `the registry answers ${status}`);
}

async function bounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    // leaving the loop ends the answer
    if (size > MAX_ANSWER) throw new Fault("too_large", `the registry's answer is longer than ${MAX_ANSWER} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function unreachable(error: unknown): Fault {
  if (error instanceof SyntaxError) return new Fault("invalid", "the registry's answer is no JSON");
  if (error instanceof Error && error.name === "TimeoutError") return new Fault("timeout", "the registry did not answer in time");
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return new Fault("unreachable", `the registry can not be reached${cause?.code === undefined ? "" : ` (${cause.code})`}`, { cause: error });
}
