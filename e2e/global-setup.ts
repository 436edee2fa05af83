import { makeWorld } from "./world.ts";

/** Brings the world up before the first spec; what is returned takes it down after the last. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  return makeWorld();
}
