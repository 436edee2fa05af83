import { gate } from "#server/gate.ts";
import { handleToken } from "#server/publish-http.ts";

export const POST = (request: Request): Promise<Response> => handleToken(gate(), request);
