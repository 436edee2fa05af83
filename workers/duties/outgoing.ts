import { plan } from "#core/decoders/index.ts";
import { stamped } from "#core/lineage.ts";
import type { Header } from "#core/message/header.ts";
import type { Place, ResendPlan } from "#core/message/normal-form.ts";
import type { Native, Outgoing } from "#core/message/raw.ts";
import type { Destination } from "#core/operation.ts";
import { newId } from "#db/new-id.ts";
import type { QueuedMessage } from "#db/queries/sends.ts";

export type Prepared = {
  readonly message: QueuedMessage;
  readonly attemptId: string;
  readonly number: number;
  /** Null when the message does not tell where it failed. */
  readonly target: Place | null;
  readonly outgoing: Outgoing;
};

/** A queued message as it will be published: stripped by its convention's plan, stamped, body untouched or as edited. */
export function prepare(message: QueuedMessage, destination: Destination): Prepared {
  const headers = JSON.parse(message.headers) as Header[];
  const native = JSON.parse(message.native) as Native;
  const resend = plan({ headers, native, body: message.body }, message.rule);
  // through a route it becomes the delivery's id, by which deliveries are partitioned
  const attemptId = newId();
  const number = message.redrives + 1;
  return {
    message,
    attemptId,
    number,
    target: placeOf(message, resend, destination),
    outgoing: {
      attemptId,
      native: resend.native ?? native,
      headers: stamped(applied(resend, headers), {
        messageId: message.id,
        count: number,
        origin: `${message.connectionName}/${message.sourceName}`,
      }),
      // an operator's edit is sent to the letter; a convention's own counter inside the body is reset only without one
      body: message.edited || resend.body === null ? message.body : resend.body,
    },
  };
}

function placeOf({ routeId, route }: QueuedMessage, resend: ResendPlan, destination: Destination): Place | null {
  if (destination.to === "target") return destination.target;
  if (routeId !== null && destination.to === "failed_queue") return { kind: "route", routeId, route: route ?? "" };
  return destination.to === "failed_queue" ? resend.failedQueue : resend.origin;
}

function applied(resend: ResendPlan, headers: readonly Header[]): Header[] {
  const gone = new Set([...resend.strip, ...resend.set.map(({ name }) => name)]);
  return [...headers.filter(({ name }) => !gone.has(name)), ...resend.set];
}
