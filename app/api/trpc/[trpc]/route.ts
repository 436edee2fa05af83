import { handleApi } from "#server/api-http.ts";
import { gate } from "#server/gate.ts";

const handle = (request: Request): Promise<Response> => handleApi(gate(), request);

export { handle as GET, handle as POST };
