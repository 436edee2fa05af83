declare module "snappyjs" {
  export function compress(bytes: Uint8Array): Uint8Array;
  export function uncompress(bytes: Uint8Array, maxLength?: number): Uint8Array;
}
declare module "lz4js" {
  export function compress(bytes: Uint8Array): Uint8Array;
  export function decompress(bytes: Uint8Array, maxLength?: number): Uint8Array;
}
declare module "lz4js/xxh32.js" {
  /** XXH32 of `length` bytes from `from` on. */
  function hash(seed: number, bytes: Uint8Array, from: number, length: number): number;
  const xxh32: { readonly hash: typeof hash };
  export default xxh32;
}
