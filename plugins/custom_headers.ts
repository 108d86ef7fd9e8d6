import type { Middleware, PluginContext } from "../core/mod.ts";

/** Adds the CUSTOM_HEADER_* variables to what is sent upstream; they replace our own headers. */
export function customHeaders({ config }: PluginContext): Middleware {
  return function customHeaders(exchange, next) {
    const headers = { ...exchange.target.headers, ...config.customHeaders };
    return next({ ...exchange, target: { ...exchange.target, headers } });
  };
}
