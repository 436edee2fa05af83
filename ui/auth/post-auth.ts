import { z } from "zod";

const refused = z.object({
  code: z.string().nullish(),
  field: z.string().nullish(),
  retryAfterSeconds: z.number().nullish(),
});

/** `code` is a failure code, `foreign` for an address Redrive does not know, or `unreachable`. */
export type AuthAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly field: string | null; readonly retryAfterSeconds: number };

const no = (code: string): AuthAnswer => ({ ok: false, code, field: null, retryAfterSeconds: 0 });

/** Asks /api/auth/<endpoint>. Never rejects. */
export async function postAuth(endpoint: "sign-in" | "sign-out" | "setup" | "set-password", body: unknown): Promise<AuthAnswer> {
  try {
    const response = await fetch(`/api/auth/${endpoint}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) return { ok: true };
    if (response.status === 403) return no("foreign");
    const answer = refused.safeParse(await response.json());
    if (!answer.success) return no("unreachable");
    const { code, field, retryAfterSeconds } = answer.data;
    return { ok: false, code: code ?? "unreachable", field: field ?? null, retryAfterSeconds: retryAfterSeconds ?? 0 };
  } catch {
    return no("unreachable");
  }
}
