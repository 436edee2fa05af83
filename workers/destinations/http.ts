import { Agent } from "undici";
import { ConfigurationError } from "#core/route/configuration-error.ts";
import type { HttpDestination } from "#core/route/definition.ts";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import { TemplateError } from "#core/route/template.ts";
import { addressRule, guardedConnector, type PrivateCap } from "./address-guard.ts";
import type { Delivery, Destination } from "./destination.ts";
import { refused } from "./errors.ts";
import { exchange } from "./http-exchange.ts";
import { httpRequest, type Secrets } from "./http-request.ts";

const MAX_ANSWER_HEAD = 16_384;

export type HttpEnv = { readonly secret: Secrets; readonly privateCap: PrivateCap };

/**
 * An HTTP endpoint, with connections of its own that are kept. A 2xx is success; a redirect is refused, never followed; only
 * public addresses and those of `allowPrivate` within `privateCap` are connected to. An answer is kept up to 16 KiB and read up to 64 KiB.
 */
export function openHttp(definition: HttpDestination, env: HttpEnv): Destination {
  const agent = agentFor(definition, env);
  return {
    deliver: async (delivery, stop) => (agent instanceof ConfigurationError ? asOutcome(agent) : delivered(agent, definition, env, delivery, stop)),
    close: async () => {
      if (agent instanceof Agent) await agent.close();
    },
  };
}

function agentFor({ allowPrivate, headTimeoutMs }: HttpDestination, { privateCap }: HttpEnv): Agent | ConfigurationError {
  try {
    const connect = guardedConnector(addressRule(allowPrivate, privateCap), { timeoutMs: headTimeoutMs });
    // one request a connection at a time: what a cut connection carried is then one message, and no neighbour's
    return new Agent({ connect, allowH2: false, pipelining: 1, maxHeaderSize: MAX_ANSWER_HEAD });
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

async function delivered(agent: Agent, definition: HttpDestination, { secret }: HttpEnv, delivery: Delivery, stop: AbortSignal): Promise<DeliveryOutcome> {
  try {
    const request = httpRequest(definition, delivery, secret, new Date());
    return await exchange(agent, request, { headTimeoutMs: definition.headTimeoutMs, timeoutMs: definition.timeoutMs, stop });
  } catch (error) {
    return asOutcome(error);
  }
}

function asOutcome(error: unknown): DeliveryOutcome {
  if (error instanceof TemplateError) return refused("template", error.message);
  if (error instanceof ConfigurationError) return refused("configuration", error.message);
  return refused("internal", "the request could not be made", error instanceof Error ? { type: error.name, stack: error.stack ?? null } : {});
}
