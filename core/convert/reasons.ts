import type { StopReason } from "../protocol/anthropic.ts";

/** Finish reasons that mean the answer broke off inside the provider (Q111). */
const FAULTS = new Set([
  "error",
  "abort",
  "network_error",
  "insufficient_system_resource",
  "malformed_function_call",
]);

const REASONS: Readonly<Record<string, StopReason>> = {
  length: "max_tokens",
  max_tokens: "max_tokens",
  model_length: "max_tokens",
  model_context_window_exceeded: "max_tokens",
};

/** Finish reasons that mean a filter of the provider's ended the answer (Q111). */
const FILTERS = new Set([
  "content_filter",
  "sensitive",
  "safety",
  "refusal",
  "prohibited_content",
  "recitation",
]);

/** Whether an answer that ends so has failed. */
export function isFault(finishReason: string): boolean {
  return FAULTS.has(finishReason.toLowerCase());
}

export function isFiltered(finishReason: string): boolean {
  return FILTERS.has(finishReason.toLowerCase());
}

/**
 * Anthropic's stop reason. Providers lie about tool calls (Q83), so whether one was sent decides: `tool_use` without a
 * call makes the client wait for one, `end_turn` with a call may lose it.
 */
export function toStopReason(finishReason: string, sentToolCall: boolean): StopReason {
  const reason = REASONS[finishReason.toLowerCase()];
  if (reason !== undefined) return reason;
  return sentToolCall ? "tool_use" : "end_turn";
}
