import { getLogger } from "@logtape/logtape";
import { type Account, failed } from "./account.ts";
import type { Observer } from "./observe.ts";

const logger = getLogger(["ccproxy", "request"]);

const LINE = "{id} {model_asked} -> {model_used} ({provider}) {status} in {duration_ms} ms, " +
  "first byte {first_byte_ms} ms, tokens {input_tokens} in {cached_tokens} cached {output_tokens} out, " +
  "retries {retries}, ours {overhead_ms} ms, client {client}";

/** One line per request, when its answer is complete. */
export function logging(): Observer {
  return { observe: () => log };
}

function log(account: Account): void {
  const { error } = account;
  const fields = toFields(account);
  if (error === undefined) logger.info(LINE, fields);
  else logger[failed(account) ? "warn" : "info"](`${LINE}: {error}`, { ...fields, error });
}

function toFields(account: Account): Record<string, unknown> {
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
