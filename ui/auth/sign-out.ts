import { postAuth } from "./post-auth.ts";

/** Ends the session and leaves the console; false when Redrive did not answer. */
export async function signOut(): Promise<boolean> {
  const { ok } = await postAuth("sign-out", {});
  if (ok) window.location.assign("/sign-in");
  return ok;
}
