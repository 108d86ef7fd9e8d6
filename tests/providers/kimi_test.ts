import assert from "node:assert/strict";
import { kimi } from "../../providers/kimi.ts";
import { testAdapter } from "../conformance.ts";
import { everySchema, schemasOf } from "../support/schemas.ts";

let counter = 0;

testAdapter("kimi", kimi, {
  model: "kimi-k2.6",
  knows: { body: ["thinking"], id: /^[\w.:-]+$/ },
  // Q61, Q84
  callId: (name) => `functions.${name}:${counter++}`,
  frames: (frames) => {
    const usage = frames.at(-1)!["usage"];
    const choices = frames.at(-2)!["choices"] as Record<string, unknown>[];
    return [
      ...frames.slice(0, -2),
      { ...frames.at(-2), choices: [{ ...choices[0], usage }] },
    ];
  },
  usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, cached_tokens: 60 },
  refuses: [
    // Q21, Q22
    (body) => {
      const missing = body.messages.findIndex((message) =>
        message.role === "assistant" && message.tool_calls && !message.reasoning_content
      );
      return isThinking(body) && missing >= 0
        ? `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${missing}`
        : undefined;
    },
    // Q61
    (body) =>
      body.tool_choice === "required" || typeof body.tool_choice === "object"
        ? "tool_choice 'required' is incompatible with thinking enabled"
        : undefined,
    (body) =>
      body.temperature !== undefined || body.top_p !== undefined
        ? "invalid temperature: only 1 is allowed for this model"
        : undefined,
    (body) => body.reasoning_effort === "none" ? "invalid reasoning_effort" : undefined,
    (body) =>
      body.messages.some(({ content }) =>
          content === "" || Array.isArray(content) && content.length === 0
        )
        ? "text content is empty"
        : undefined,
    (body) =>
      body.messages.some(({ role }, position) => role === "system" && position > 0)
        ? "system"
        : undefined,
    (body) =>
      schemasOf(body).flatMap(everySchema).some(isWrong)
        ? "Invalid tool schema: not valid moonshot flavored json schema"
        : undefined,
  ],
  replays: (message, turn) => assert.equal(message.reasoning_content, turn.thinking),
  errors: [
    {
      status: 429,
      body: {
        error: { type: "engine_overloaded_error", message: "The engine is currently overloaded" },
      },
      expect: { status: 529, type: "overloaded_error" },
    },
    {
      status: 429,
      body: {
        error: { type: "exceeded_current_quota_error", message: "Your account is suspended" },
      },
      expect: { status: 402, type: "billing_error" },
    },
    {
      status: 400,
      body: {
        error: {
          type: "invalid_request_error",
          message:
            "Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)",
        },
      },
      expect: { status: 400, says: /^prompt is too long: 300000 tokens > 262144 maximum$/ },
    },
    {
      status: 400,
      body: { error: { type: "content_filter", message: "The request was considered high risk" } },
      expect: { status: 400, says: /content filtering/ },
    },
  ],
});

function isThinking(body: Readonly<Record<string, unknown>>): boolean {
  return (body["thinking"] as { type?: string })?.type !== "disabled";
}

/** Q61: a type everywhere, none beside a choice, no tuples in `items`, no `$schema`. */
function isWrong(schema: Readonly<Record<string, unknown>>): boolean {
  const { type, anyOf, allOf, items, $ref, $schema } = schema;
  if ($schema !== undefined || Array.isArray(items)) return true;
  if (anyOf !== undefined) return type !== undefined;
  return type === undefined && $ref === undefined && allOf === undefined;
}
