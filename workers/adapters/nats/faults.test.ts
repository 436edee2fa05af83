import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import { Fault } from "#core/fault.ts";
import { apiFault, faultOf, isMissing, isNoResponders, surelyNotSent } from "./faults.ts";

const coded = (code: string, message = "boom"): Error => Object.assign(new Error(message), { code });
const wrapped = (cause: Error): Error => new errors.RequestError("wrapped", { cause });
const denied = (operation: "publish" | "subscription"): Error => new errors.PermissionViolationError("no", operation, "orders.x");

test.each([
  [new errors.AuthorizationError("Authorization Violation"), "unauthorised"],
  [new errors.UserAuthenticationExpiredError("User Authentication Expired"), "unauthorised"],
  [denied("publish"), "unauthorised"],
  [new errors.TimeoutError(), "timeout"],
  [wrapped(new errors.TimeoutError()), "timeout"],
  [new errors.RequestError("connection closed"), "unreachable"],
  [new errors.ClosedConnectionError(), "unreachable"],
  [new errors.ConnectionError("connection refused", { cause: coded("ECONNREFUSED") }), "unreachable"],
  [new errors.ConnectionError("server does not support 'tls'"), "unsupported"],
  [wrapped(new errors.NoRespondersError("$JS.API.INFO")), "unsupported"],
  [new errors.InvalidSubjectError("a b"), "invalid"],
  [new errors.ProtocolError("maximum connections exceeded"), "throttled"],
  [new errors.ProtocolError("Stale Connection"), "timeout"],
  [coded("ENOTFOUND"), "unreachable"],
  [coded("ETIMEDOUT"), "timeout"],
  [coded("CERT_HAS_EXPIRED"), "unauthorised"],
  [coded("ERR_SSL_WRONG_VERSION_NUMBER"), "unsupported"],
  [new Error("what nobody knows"), "internal"],
  [undefined, "unreachable"],
])("%s is %s", (error, code) => {
  expect(faultOf(error)).toMatchObject({ name: "Fault", code });
});

test.each([
  [{ code: 404, err_code: 10059, description: "stream not found" }, "not_found"],
  [{ code: 404, err_code: 10037, description: "no message found" }, "not_found"],
  [{ code: 503, err_code: 10008, description: "JetStream system temporarily unavailable" }, "unreachable"],
  [{ code: 503, err_code: 10077, description: "maximum messages exceeded" }, "blocked"],
  [{ code: 400, err_code: 10054, description: "message size exceeds maximum allowed" }, "too_large"],
  [{ code: 400, err_code: 99999, description: "new in a later version" }, "invalid"],
  [{ code: 599, err_code: 99999, description: "new in a later version" }, "internal"],
])("JetStream's %o is %s", (error, code) => {
  expect(apiFault(error)).toMatchObject({ code });
  expect(faultOf(new JetStreamApiError(error))).toMatchObject({ code, detail: expect.stringContaining(`(${error.err_code})`) });
});

test("a Fault stays what it is, and a long text is cut", () => {
  const fault = new Fault("blocked", "busy");
  expect(faultOf(fault)).toBe(fault);
  expect(faultOf(new Error("x".repeat(1_000))).detail.length).toBeLessThan(310);
});

test("only what never left, or was dropped by the server, was surely not sent", () => {
  for (const error of [new errors.ClosedConnectionError(), new errors.InvalidSubjectError("a b"), denied("publish"), wrapped(denied("publish"))]) {
    expect(surelyNotSent(error)).toBe(true);
  }
  // the answer's subscription was denied: the message itself may have been taken
  for (const error of [denied("subscription"), wrapped(denied("subscription")), new errors.TimeoutError(), new errors.RequestError("connection closed"), "text"]) {
    expect(surelyNotSent(error)).toBe(false);
  }
});

test("no responders are found behind any wrapping", () => {
  expect(isNoResponders(wrapped(new errors.NoRespondersError("a")))).toBe(true);
  expect(isNoResponders(new errors.RequestError("connection closed"))).toBe(false);
});

test("what is missing is told from what could not be asked", () => {
  expect(isMissing(new JetStreamApiError({ code: 404, err_code: 10014, description: "consumer not found" }))).toBe(true);
  expect(isMissing(new errors.TimeoutError())).toBe(false);
});
