import { mapModel, type Middleware, type PluginContext } from "../core/mod.ts";

/** Claude's model names become the models that are configured; the answer still names what the client asked for. */
export function modelMapping({ config, provider }: PluginContext): Middleware {
  const map = { provider, models: config.models };
  return function modelMapping(exchange, next) {
    const model = mapModel(exchange.request.model, map);
    return next({ ...exchange, target: { ...exchange.target, model } });
  };
}
