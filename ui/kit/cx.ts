import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({
  extend: { theme: { shadow: ["pop"], animate: ["arrive", "breathe", "turn"] } },
});

/** Joins class names; of two that set the same property the later wins. */
export const cx = (...classes: ClassValue[]): string => merge(clsx(classes));
