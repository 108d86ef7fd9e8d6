import assert from "node:assert/strict";
import { deepseek } from "../../providers/deepseek.ts";
import { plainDeltas, testAdapter } from "../conformance.ts";

/** Keep-alive comments while the request is queued, and cache counts of its own. */
testAdapter("deepseek", deepseek, {
  model: "deepseek-v4-pro",
  knows: { body: ["thinking"] },
  deltas: (turn) => plainDeltas(turn).map((delta) => ({ content: null, ...delta })),
  frames: (frames) => [": keep-alive\n\n", "\n\n", ...frames],
  usage: {
    prompt_tokens: 100,
    completion_tokens: 20,
    total_tokens: 120,
    prompt_cache_hit_tokens: 60,
    prompt_cache_miss_tokens: 40,
  },
  refuses: [
    // Q21, Q22
    (body) =>
      isThinking(body) &&
        body.messages.some((message) =>
          message.role === "assistant" && typeof message.reasoning_content !== "string"
        )
        ? "The reasoning_content in the thinking mode must be passed back to the API."
        : undefined,
    // Q63
    (body) =>
      isThinking(body) && !["none", "auto", undefined].includes(body.tool_choice as string)
        ? "deepseek-reasoner does not support this tool_choice"
        : undefined,
    (body) =>
      (body.max_tokens ?? 0) > 393_216
        ? "Invalid max_tokens value, the valid range of max_tokens is [1, 393216]"
        : undefined,
    (body) =>
      body.messages.some(({ role, content }) => role !== "user" && Array.isArray(content))
        ? "invalid type: sequence, expected a string"
        : undefined,
    (body) =>
      body.response_format?.["type"] === "json_schema"
        ? "This response_format type is unavailable now"
        : undefined,
    (body) =>
      JSON.stringify(body.messages).includes("image_url")
        ? "Model do not support image input"
        : undefined,
    // Q23: no refusal there, but the thinking would be lost
    (body) =>
      body.messages.some(({ role }, position) =>
          role === "user" && body.messages[position - 1]?.role === "tool"
        )
        ? "a user's turn after a result"
        : undefined,
  ],
  replays: (message, turn) => assert.equal(message.reasoning_content, turn.thinking),
  errors: [
    {
      status: 402,
      body: { error: { message: "Insufficient Balance", type: "unknown_error" } },
      expect: { status: 402, type: "billing_error" },
    },
  ],
});

function isThinking(body: Readonly<Record<string, unknown>>): boolean {
  return (body["thinking"] as { type?: string })?.type !== "disabled";
}
