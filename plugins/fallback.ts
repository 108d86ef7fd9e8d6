import { getLogger } from "@logtape/logtape";
import { ApiError, isPassing, type Middleware, type PluginContext } from "../core/mod.ts";

const logger = getLogger(["ccproxy", "fallback"]);

/** Asks the next model of the list where one fails for good. The answer still names what the client asked for. */
export function fallback({ config }: PluginContext): Middleware {
  return async function fallback(exchange, next) {
    const { id, target, signal } = exchange;
    let model = target.model;
    for (const following of config.fallbacks(model)) {
      try {
        return await next({ ...exchange, target: { ...target, model } });
      } catch (thrown) {
        if (signal.aborted || !isOver(thrown)) throw thrown;
        logger.warn("{id} {model} failed, so {following} is asked: {message}", {
          id,
          model,
          following,
          message: thrown.message,
        });
        model = following;
      }
    }
    return await next({ ...exchange, target: { ...target, model } });
  };
}

/** Another model may answer: this one fails, or is there no more. */
function isOver(thrown: unknown): thrown is ApiError {
  return isPassing(thrown) || thrown instanceof ApiError && thrown.status === 404;
}
