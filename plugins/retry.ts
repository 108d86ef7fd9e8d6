import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type Middleware, type PluginContext } from "../core/mod.ts";

const RETRIABLE = new Set([408, 409, 429, 500, 502, 503, 504, 529]);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/** Asks again where the upstream failed before anything was sent. A wait longer than ours is left to the client. */
export function retry({ config }: PluginContext): Middleware {
  return async function retry(exchange, next) {
    for (let attempt = 0;; attempt++) {
      try {
        return await next(exchange);
      } catch (thrown) {
        const wait = attempt < config.maxRetries ? waitFor(thrown, attempt) : undefined;
        if (wait === undefined || exchange.signal.aborted) throw thrown;
        await sleep(wait, undefined, { signal: exchange.signal });
      }
    }
  };
}

/** Milliseconds, with full jitter so that many clients do not come back at once; undefined: no use asking again. */
function waitFor(thrown: unknown, attempt: number): number | undefined {
  if (!(thrown instanceof ApiError) || !RETRIABLE.has(thrown.status)) return undefined;
  if (thrown.retryAfter === undefined) {
    return Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  }
  const wait = thrown.retryAfter * 1000;
  return wait <= LONGEST_WAIT_MS ? wait : undefined;
}
