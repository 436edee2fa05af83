import { gate } from "#server/gate.ts";
import { handlePublish } from "#server/publish-http.ts";

export const POST = (request: Request): Promise<Response> => handlePublish(gate(), request);
