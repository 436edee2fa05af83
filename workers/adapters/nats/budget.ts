/** Bytes that may be under way at a time; who finds no room waits in a line. */
export type Budget = {
  /** Resolves when there is room. What is larger than all goes alone. */
  take(bytes: number): Promise<void>;
  giveBack(bytes: number): void;
};

/** A budget of `most` bytes. */
export function budget(most: number): Budget {
  let used = 0;
  const line: { readonly bytes: number; readonly go: () => void }[] = [];
  const admit = (): void => {
    for (let [first] = line; first !== undefined && (used === 0 || used + first.bytes <= most); [first] = line) {
      line.shift();
      used += first.bytes;
      first.go();
    }
  };
  return {
    take: (bytes) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      line.push({ bytes, go: resolve });
      admit();
      return promise;
    },
    giveBack: (bytes) => {
      used -= bytes;
      admit();
    },
  };
}
