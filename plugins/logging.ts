import { getLogger } from "@logtape/logtape";
import type { Exchange, Middleware, PluginContext } from "../core/mod.ts";
import { type Account, follow } from "./account.ts";
import { logBodies } from "./log_bodies.ts";

const logger = getLogger(["ccproxy", "request"]);

const LINE = "{id} {model_asked} -> {model_used} ({provider}) {status} in {duration_ms} ms, " +
  "first byte {first_byte_ms} ms, tokens {input_tokens} in {cached_tokens} cached {output_tokens} out, " +
  "retries {retries}, ours {overhead_ms} ms, client {client}";

/** One line per request, when its answer is complete. At DEBUG also what was said in both dialects. */
export function logging({ config }: PluginContext): Middleware {
  const detailed = config.logLevel === "DEBUG";
  return function logging(exchange, next) {
    const handler = detailed ? logBodies(next, config.logBodies) : next;
    return follow(exchange, handler, (account) => log(account, exchange));
  };
}

/** A failure that is not the client's doing is worth a warning. */
function log({ error, ...account }: Account, { signal }: Exchange): void {
  const fields = toFields(account);
  if (error === undefined) logger.info(LINE, fields);
  else if (account.status === 499 || signal.aborted) {
    logger.info(`${LINE}: {error}`, { ...fields, error });
  } else logger.warn(`${LINE}: {error}`, { ...fields, error });
}

function toFields(account: Omit<Account, "error">): Record<string, unknown> {
  return {
    id: account.id,
    client: account.client,
    model_asked: account.asked,
    model_used: account.model,
    provider: account.provider,
    stream: account.stream,
    status: account.status,
    stop_reason: account.stopReason,
    input_tokens: account.inputTokens,
    cached_tokens: account.cachedTokens,
    output_tokens: account.outputTokens,
    first_byte_ms: account.firstByteMs,
    duration_ms: account.durationMs,
    retries: account.retries,
    overhead_ms: account.overheadMs,
  };
}
