import { getLogger } from "@logtape/logtape";
import { type Anthropic, asApiError, type Exchange, type Middleware } from "../core/mod.ts";

const logger = getLogger(["ccproxy", "request"]);

/** One line per request, when its answer is complete. */
export function logging(): Middleware {
  return async function logging(exchange, next) {
    const startedAt = performance.now();
    try {
      const reply = await next(exchange);
      if (reply.kind !== "stream") {
        const usage = reply.kind === "message" ? reply.message.usage : undefined;
        logDone(exchange, startedAt, usage);
        return reply;
      }
      let usage: Anthropic.Usage | undefined;
      return {
        kind: "stream",
        events: reply.events.through({
          transform(event, controller) {
            if (event.type === "message_delta") usage = event.usage;
            controller.enqueue(event);
          },
          flush: () => logDone(exchange, startedAt, usage),
        }),
      };
    } catch (thrown) {
      const { status, message } = asApiError(thrown);
      logger.warn("{id} {model} failed with {status} after {ms} ms: {message}", {
        id: exchange.id,
        model: exchange.request.model,
        status,
        message,
        ms: elapsed(startedAt),
      });
      throw thrown;
    }
  };
}

function logDone({ id, request }: Exchange, startedAt: number, usage: Anthropic.Usage | undefined) {
  logger.info("{id} {model} answered in {ms} ms: {input} in, {output} out", {
    id,
    model: request.model,
    ms: elapsed(startedAt),
    input: usage?.input_tokens ?? 0,
    output: usage?.output_tokens ?? 0,
    cached: usage?.cache_read_input_tokens ?? 0,
  });
}

function elapsed(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
