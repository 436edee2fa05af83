import { deliveryErrorCode, type DeliveryErrorCode } from "#core/route/outcome.ts";
import { DELIVERY_STATES, type DeliveryState } from "#core/route/state.ts";

export type DeliveryAddress = { readonly state?: DeliveryState; readonly error?: DeliveryErrorCode; readonly before?: number };

/** Reads the filter of deliveries from an address; what can not be used is left out, so that an old link still opens. */
export function readDeliveryAddress(search: URLSearchParams): DeliveryAddress {
  const state = DELIVERY_STATES.find((each) => each === search.get("state"));
  const error = deliveryErrorCode.safeParse(search.get("error"));
  const before = /^\d{1,15}$/.test(search.get("before") ?? "") ? Number(search.get("before")) : undefined;
  return { ...(state === undefined ? {} : { state }), ...(error.success ? { error: error.data } : {}), ...(before === undefined ? {} : { before }) };
}
