import { getLogger } from "@logtape/logtape";
import { ApiError, isPassing, type Middleware, type PluginContext, Recent } from "../core/mod.ts";

const logger = getLogger(["ccproxy", "breaker"]);

/** Faults in a row after which a model is left alone; what a retry cured is none. */
const FAULTS = 5;
/** How long it is left alone before one request may try it again. */
const REST_MS = 20_000;
/** Models that are watched at a time. */
const MOST_MODELS = 1_000;

interface Circuit {
  readonly faults: number;
  /** Milliseconds since 1970; until then nothing passes. */
  readonly restsUntil: number;
  readonly reason: string;
}

/**
 * Spares requests the time-out of a model that is known to be dead: after some faults in a row they fail at once, until
 * after a rest a single one finds it alive. A refusal is a sign of life. Stands before the retries, which outlive a short
 * outage: none of theirs is to close a model.
 */
export function breaker({ provider }: PluginContext): Middleware {
  const circuits = new Recent<string, Circuit>(MOST_MODELS);

  function note(model: string, reason: string) {
    const faults = (circuits.get(model)?.faults ?? 0) + 1;
    const restsUntil = faults >= FAULTS ? Date.now() + REST_MS : 0;
    circuits.set(model, { faults, restsUntil, reason });
    if (faults !== FAULTS) return;
    logger.warn("{model} failed {faults} times in a row and is left alone for {seconds} s", {
      model,
      faults,
      seconds: REST_MS / 1000,
    });
  }

  return async function breaker(exchange, next) {
    const { model } = exchange.target;
    const circuit = circuits.get(model);
    if (circuit !== undefined && circuit.faults >= FAULTS) {
      if (Date.now() < circuit.restsUntil) throw restError(model, provider, circuit);
      circuits.set(model, { ...circuit, restsUntil: Date.now() + REST_MS });
    }
    try {
      const reply = await next(exchange);
      circuits.delete(model);
      return reply;
    } catch (thrown) {
      if (isFault(thrown)) note(model, thrown.message);
      else if (!exchange.signal.aborted) circuits.delete(model);
      throw thrown;
    }
  };
}

function restError(model: string, provider: string, { faults, restsUntil, reason }: Circuit) {
  const retryAfter = Math.max(1, Math.ceil((restsUntil - Date.now()) / 1000));
  return new ApiError(
    529,
    `${reason} (${model} on ${provider} failed ${faults} times in a row and is left alone for ${retryAfter} s)`,
    { retryAfter },
  );
}

function isFault(thrown: unknown): thrown is ApiError {
  return isPassing(thrown) && thrown.status >= 500;
}
