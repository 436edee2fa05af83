import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A schema as a registry answers it; no type is Avro. */
type RegistrySchema = {
  readonly schema: string;
  readonly schemaType?: string;
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[];
};

export type RegistryContent = {
  /** By id, as GET /schemas/ids/{id} answers. */
  readonly ids: Readonly<Record<string, RegistrySchema>>;
  /** By `<subject>/<version>`, as GET /subjects/{subject}/versions/{version} answers. */
  readonly subjects?: Readonly<Record<string, RegistrySchema>>;
  /** `user:password`, when it asks for a login. */
  readonly login?: string;
};

export type TestRegistry = { readonly url: string; /** Paths in the order they were asked for. */ readonly asked: string[]; stop(): Promise<void> };

/**
 * Speaks the two read requests of the Schema Registry's documented REST interface. It is no registry: no release of one can
 * be had here from a package registry that tests may use.
 */
export async function startSchemaRegistry(content: RegistryContent): Promise<TestRegistry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(content, request, response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function answer({ ids, subjects = {}, login }: RegistryContent, request: IncomingMessage, response: ServerResponse): void {
  const say = (status: number, body: unknown): void => void response.writeHead(status, { "content-type": "application/vnd.schemaregistry.v1+json" }).end(JSON.stringify(body));
  if (login !== undefined && request.headers.authorization !== `Basic ${Buffer.from(login).toString("base64")}`) return say(401, { error_code: 401, message: "Unauthorized" });
  const [, id] = /^\/schemas\/ids\/(\d+)$/.exec(request.url ?? "") ?? [];
  const [, subject, version] = /^\/subjects\/([^/]+)\/versions\/(\d+)$/.exec(request.url ?? "") ?? [];
  const found = id === undefined ? subjects[`${decodeURIComponent(subject ?? "")}/${version}`] : ids[id];
  return found === undefined ? say(404, { error_code: 40403, message: "Schema not found" }) : say(200, found);
}
