/** UUID of version 7: ids of one time lie side by side in the indexes, which are then written in one place. */
export function newId(now = Date.now()): string {
  const at = now.toString(16).padStart(12, "0");
  return `${at.slice(0, 8)}-${at.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
