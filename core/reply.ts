import type { EventFlow, Reply } from "./contract.ts";
import type * as Anthropic from "./protocol/anthropic.ts";
import { collect, toEvents } from "./convert/message.ts";
import { ApiError } from "./errors.ts";
import { flowOf } from "./stream/flow.ts";

/** A reply as a stream, whichever it is. */
export function asFlow(reply: Reply): EventFlow {
  if (reply.kind === "stream") return reply.events;
  if (reply.kind === "message") return flowOf(toEvents(reply.message));
  throw new ApiError(500, "A plugin answered a message with a raw response");
}

/** A reply as a whole answer, whichever it is. */
export async function asMessage(reply: Reply): Promise<Anthropic.Message> {
  return reply.kind === "message" ? reply.message : await collect(asFlow(reply));
}
