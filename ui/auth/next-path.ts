const BASE = "http://redrive.invalid";

/** Where to go after sign-in: a path of this console, or "/" for anything that would lead elsewhere. */
export function nextPath(wanted: string | null | undefined): string {
  if (!wanted?.startsWith("/")) return "/";
  try {
    const { origin, pathname, search, hash } = new URL(wanted, BASE);
    if (origin !== BASE || pathname.startsWith("//") || pathname.startsWith("/api/")) return "/";
    return `${pathname}${search}${hash}`;
  } catch {
    return "/";
  }
}
