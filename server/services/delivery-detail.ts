import { Failure } from "#core/failure.ts";
import type { Db } from "#db/client.ts";
import { attemptsOfDeliveries, deliveriesOfMessage, getDelivery, readContent } from "#db/queries/deliveries-web.ts";
import { isoTimes } from "../iso-times.ts";

/** Bytes of a body that a screen shows. */
const PREVIEW = 262_144;

type StoredAttempt = Awaited<ReturnType<typeof attemptsOfDeliveries>>[number];

/** An attempt as it crosses the wire: the answer's first bytes as base64. */
const opened = ({ answerBody, ...attempt }: StoredAttempt) => ({ ...isoTimes(attempt), answerBody: answerBody?.toString("base64") ?? null });

/** One delivery with its tries, oldest first. Throws Failure `not_found`. */
export async function deliveryDetail(db: Db, id: string) {
  const [delivery, attempts] = await Promise.all([getDelivery(db, id), attemptsOfDeliveries(db, [id])]);
  if (delivery === null) throw new Failure("not_found", "There is no such delivery; retention may have dropped it.", "id");
  return { ...isoTimes(delivery), attempts: attempts.map(opened) };
}

/** The deliveries of a message that died in a route, oldest first, each with its tries. */
export async function messageDeliveries(db: Db, messageId: string) {
  const rows = await deliveriesOfMessage(db, messageId);
  const attempts = (await attemptsOfDeliveries(db, rows.map(({ id }) => id))).map(opened);
  return rows.map((delivery) => ({ ...isoTimes(delivery), attempts: attempts.filter(({ deliveryId }) => deliveryId === delivery.id) }));
}

/** What a delivery carries. Throws Failure `not_found` when policy or retention took it. */
export async function deliveryContent(db: Db, id: string) {
  const content = await readContent(db, id, PREVIEW);
  if (content === null) throw new Failure("not_found", "The content of this delivery is not kept: the route's policy or retention removed it.", "id");
  return { base64: content.body.toString("base64"), size: content.size, shown: content.body.length, headers: content.headers };
}
