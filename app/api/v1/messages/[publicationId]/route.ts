import { gate } from "#server/gate.ts";
import { handlePublication } from "#server/publish-http.ts";

type Params = { readonly params: Promise<{ readonly publicationId: string }> };

export async function GET(request: Request, { params }: Params): Promise<Response> {
  return handlePublication(gate(), request, (await params).publicationId);
}
