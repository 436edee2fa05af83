import { handleBody } from "#server/body-http.ts";
import { gate } from "#server/gate.ts";

type Params = { readonly params: Promise<{ readonly messageId: string }> };

export async function GET(request: Request, { params }: Params): Promise<Response> {
  return handleBody(gate(), request, (await params).messageId);
}
