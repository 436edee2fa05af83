import { faultOf } from "./faults.ts";

/** The two ends of a batch, each of which throws when the batch has met one of them. Throws Fault for what Redis did not do. */
type Ends<T> = {
  accept(): Promise<T>;
  release(): Promise<void>;
};

/** Counts the ids of a batch as in hand until it is accepted or released, which is done once. */
export function holding<T>(inHand: Set<string>, ids: readonly string[], { accept, release }: { accept(): Promise<T>; release(): void }): Ends<T> {
  for (const id of ids) inHand.add(id);
  let decided = false;
  const decide = (): void => {
    if (decided) throw new Error("this batch was already accepted or released");
    decided = true;
  };
  const letGo = (): void => {
    for (const id of ids) inHand.delete(id);
  };
  return {
    async accept() {
      decide();
      try {
        return await accept();
      } catch (error) {
        throw faultOf(error);
      } finally {
        letGo();
      }
    },
    async release() {
      decide();
      letGo();
      release();
    },
  };
}
