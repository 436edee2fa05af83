"use client";

import { createContext, type ReactNode, use } from "react";

const Nonce = createContext<string | undefined>(undefined);

/** The request's CSP nonce, for libraries that write style elements of their own. */
export function NonceProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return <Nonce value={nonce}>{children}</Nonce>;
}

export const useNonce = (): string | undefined => use(Nonce);
