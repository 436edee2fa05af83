"use client";

import { createContext, type ReactNode, use, useState } from "react";

const Nonce = createContext<string | undefined>(undefined);

/**
 * The page's CSP nonce, for libraries that write style elements of their own. The first one stays: a page drawn again
 * brings a new nonce, but the document keeps the policy it came with.
 */
export function NonceProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  const [first] = useState(() => announced(nonce));
  return <Nonce value={first}>{children}</Nonce>;
}

/** Radix's scroll lock, several libraries deep, asks this global for the nonce of its style element. */
function announced(nonce: string | undefined): string | undefined {
  if (typeof window !== "undefined") Object.assign(window, { __webpack_nonce__: nonce });
  return nonce;
}

export const useNonce = (): string | undefined => use(Nonce);
