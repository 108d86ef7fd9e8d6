import type { Handler, Middleware } from "./contract.ts";

/** Plugins around a handler, the first outermost. A plugin may call `next` any number of times. */
export function compose(middlewares: readonly Middleware[], handler: Handler): Handler {
  return middlewares.reduceRight<Handler>(
    (next, middleware) => (exchange) => middleware(exchange, next),
    handler,
  );
}
