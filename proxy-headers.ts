/** Set by proxy.ts on every request for a page, whatever the client sent under these names. */
export const NONCE_HEADER = "x-nonce";
/** Path and query of the page asked for. */
export const PATH_HEADER = "x-redrive-path";
