import { headers, type Msg, type MsgHdrs } from "@nats-io/transport-node";
import { Fault } from "#core/fault.ts";

/** What the client keeps of a message besides what it shows: the whole payload, and how much of it is the header block. */
type Inside = { readonly _rdata?: unknown; readonly _msg?: { readonly hdr?: unknown } };

/**
 * The header block of a received message as it came, empty when there is none. The client shows it decoded only, which
 * loses order and bytes. Throws Fault `internal` with a version of the client that is built otherwise.
 */
export function headerBlockOf(message: Msg): Uint8Array {
  const { _rdata: payload, _msg: frame } = message as Msg & Inside;
  const length = frame?.hdr;
  if (typeof length !== "number" || !(payload instanceof Uint8Array || payload === undefined)) {
    throw new Fault("internal", "this version of the NATS client does not show the header block");
  }
  return length > 0 && payload !== undefined ? payload.subarray(0, length) : new Uint8Array();
}

/** Headers for the client to publish that are this block to the byte: `encode` is all that it asks of them. */
export const carrying = (block: Uint8Array): MsgHdrs => Object.assign(headers(), { encode: () => block });
