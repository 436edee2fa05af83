"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** False while the server draws and until this page's scripts run. Before that a form would be sent by the browser itself. */
export const useReady = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
