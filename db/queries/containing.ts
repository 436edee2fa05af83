/** A `like` pattern for texts that contain this one; its own wildcards are taken literally. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;
