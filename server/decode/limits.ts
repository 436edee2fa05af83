/** Bytes of a body that are decoded; a longer one only to there. What an edit may have as well. */
export const MAX_PACKED = 16 * 1024 * 1024;
/** Bytes that one layer may unpack to. */
export const MAX_UNPACKED = 32 * 1024 * 1024;
/** Values of one body that are decoded. */
export const MAX_VALUES = 300_000;
/** Layers that are taken off one body. */
export const MAX_STEPS = 6;
/** UTF-16 units of decoded text, or bytes, that a screen is given. */
export const MAX_SHOWN = 262_144;
/** UTF-16 units of decoded text, or bytes, that an editor in a browser is given. */
export const MAX_EDITED = 2 * 1024 * 1024;
/** UTF-16 units of decoded text that a download has. */
export const MAX_DOWNLOADED = 64 * 1024 * 1024;
