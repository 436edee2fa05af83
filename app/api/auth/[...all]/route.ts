import { handleAuth } from "#server/auth-http.ts";
import { gate } from "#server/gate.ts";

const handle = (request: Request): Promise<Response> => handleAuth(gate(), request);

export { handle as GET, handle as POST };
