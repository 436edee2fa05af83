import { Fault } from "#core/fault.ts";

/** Redrive's own keys beside a source; in a cluster they lie in its slot. */
export type ListPlaces = {
  readonly source: string;
  /** A list: what came while nobody asked for it. Not numbered yet. */
  readonly arriving: string;
  /** A hash of what was taken and is not accepted: id of the death to the element. */
  readonly taken: string;
};

const PREFIX = "redrive:";

/** Whether a key is one of Redrive's own. */
export const isOwnKey = (key: string): boolean => key.startsWith(PREFIX);

/**
 * A key that has a hash tag gives it to ours; another one becomes the tag of ours. Throws Fault `invalid` for a key that
 * can be neither in a cluster: with a closing brace and no tag before it.
 */
export function placesOf(source: string, cluster: boolean): ListPlaces {
  const open = source.indexOf("{");
  const close = source.indexOf("}", open + 1);
  const tagged = open !== -1 && close > open + 1;
  if (cluster && !tagged && source.includes("}")) throw new Fault("invalid", `no key can be made in the hash slot of ${source}: it has a closing brace and no hash tag`);
  // the two forms differ, so that `{a}` and `a` do not share a place
  const own = (what: string): string => (tagged ? `${PREFIX}${what}/${source}` : `${PREFIX}${what}:{${source}}`);
  return { source, arriving: own("arriving"), taken: own("taken") };
}
