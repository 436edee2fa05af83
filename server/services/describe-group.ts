import { Failure } from "#core/failure.ts";
import type { Db } from "#db/client.ts";
import { groupImpact, groupSample, groupStates, lastSilence } from "#db/queries/group-detail.ts";
import { getGroup } from "#db/queries/groups-web.ts";
import { groupTrends, type Span } from "#db/queries/group-minutes.ts";

/** One group with everything its page shows. Throws Failure `not_found`. */
export async function describeGroup(db: Db, id: string, span: Span) {
  const group = await getGroup(db, id);
  if (group === null) throw new Failure("not_found", "There is no such group.", "id");
  const [states, impact, sample, silence, trends] = await Promise.all([
    groupStates(db, id),
    groupImpact(db, id),
    groupSample(db, id),
    lastSilence(db, id),
    groupTrends(db, [id], span),
  ]);
  return { ...group, states, impact, sample, silence, trend: trends.get(id) ?? [] };
}
