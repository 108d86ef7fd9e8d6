import type * as Anthropic from "../protocol/anthropic.ts";
import type * as OpenAI from "../protocol/openai.ts";

/**
 * Token counts in Anthropic's terms: what came from the cache, or went into it, is not counted as input (A14, Q110).
 * A provider whose cached count exceeds its prompt count has left it out already (xAI).
 */
export function toUsage(usage: OpenAI.Usage): Anthropic.Usage {
  const prompt = count(usage.prompt_tokens);
  const read = firstCount(
    usage.prompt_tokens_details?.["cached_tokens"],
    usage["prompt_cache_hit_tokens"],
    usage["cached_tokens"],
  );
  const written = firstCount(
    usage.prompt_tokens_details?.["cache_write_tokens"],
    usage.prompt_tokens_details?.["cache_creation_input_tokens"],
    usage.prompt_tokens_details?.["cache_creation_tokens"],
    usage.prompt_tokens_details?.["caching_tokens"],
    usage["cache_creation_input_tokens"],
  );
  const thinking = count(usage.completion_tokens_details?.["reasoning_tokens"]);
  return {
    input_tokens: read + written > prompt ? prompt : prompt - read - written,
    output_tokens: count(usage.completion_tokens),
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    ...(thinking > 0 ? { output_tokens_details: { thinking_tokens: thinking } } : {}),
  };
}

/** Tokens of the whole prompt, the cached ones too. */
export function promptTokens(usage: Anthropic.Usage): number {
  return usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens;
}

/** The later report wins where it says something: providers send running values, and zeros as placeholders. */
export function mergeUsage(known: OpenAI.Usage | undefined, next: OpenAI.Usage): OpenAI.Usage {
  const merged: Record<string, unknown> = { ...known };
  for (const [key, value] of Object.entries(next)) {
    if (value !== null && value !== 0) merged[key] = value;
  }
  return merged;
}

function firstCount(...values: unknown[]): number {
  return values.map(count).find((value) => value > 0) ?? 0;
}

function count(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.trunc(value) : 0;
}
