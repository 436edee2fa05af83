import type { ReactNode } from "react";

/** An element for a gap in a translated sentence: `t.rich("left", { duration: slot(<Duration ms={ms} />) })`. */
export const slot =
  (element: ReactNode): (() => ReactNode) =>
  () =>
    element;
