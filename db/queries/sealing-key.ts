import type { Db, Tx } from "../client.ts";
import { readSetting } from "./settings.ts";

/** Where the public half of the workers' key lies among the settings. */
export const SEALING_PUBLIC_KEY = "sealing_public_key";

/** The public half of the workers' key, with which secrets are sealed; null until it was made. */
export const sealingPublicKey = (db: Db | Tx): Promise<string | null> => readSetting(db, SEALING_PUBLIC_KEY);
