import assert from "node:assert/strict";
import { qwen } from "../../providers/qwen.ts";
import { pieces } from "../support/dialect.ts";
import { testAdapter } from "../conformance.ts";

testAdapter("qwen", qwen, {
  model: "qwen3.7-plus",
  knows: { body: ["enable_thinking", "thinking_budget"] },
  /** An id only in the first delta of a call, empty afterwards (Q66, Q80). */
  deltas: (turn) => [
    { role: "assistant", content: null, reasoning_content: "" },
    ...pieces(turn.thinking).map((text) => ({ content: null, reasoning_content: text })),
    ...pieces(turn.text).map((content) => ({ content, reasoning_content: null })),
    ...turn.calls.flatMap(({ id, name, input }, index) => [
      { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] },
      ...pieces(JSON.stringify(input)).map((json) => ({
        tool_calls: [{
          index,
          id: "",
          type: "function",
          function: { name: null, arguments: json },
        }],
      })),
    ]),
  ],
  refuses: [
    // Q66
    (body) =>
      body.stream || body["enable_thinking"] === false
        ? undefined
        : "parameter.enable_thinking must be set to false for non-streaming calls",
    (body) =>
      body["enable_thinking"] && !["auto", "none", undefined].includes(body.tool_choice as string)
        ? "The tool_choice parameter does not support being set to required or object in thinking mode"
        : undefined,
    (body) => body.tool_choice === "required" ? "tool_choice is one of auto, none" : undefined,
    (body) =>
      (body.max_tokens ?? 0) > 65_536 ? "Range of max_tokens should be [1, 65536]" : undefined,
    (body) => JSON.stringify(body.messages).includes('"type":"file"') ? "file" : undefined,
    (body) => JSON.stringify(body.tools ?? "").includes("$ref") ? "$ref" : undefined,
    (body) =>
      body.messages.some(({ role }, position) => role === "system" && position > 0)
        ? "System message must be at the beginning"
        : undefined,
    // Q89: one call at a time unless asked
    (body) =>
      body.tools && body.parallel_tool_calls === undefined ? "parallel_tool_calls" : undefined,
  ],
  // Q21: ignored there, so not sent
  replays: (message) => assert.ok(!("reasoning_content" in message)),
  errors: [
    {
      status: 400,
      body: {
        error: {
          code: "Arrearage",
          message: "Access denied, please make sure your account is in good standing",
        },
      },
      expect: { status: 402, type: "billing_error" },
    },
    {
      status: 429,
      body: { error: { code: "insufficient_quota", message: "You exceeded your current quota" } },
      expect: { status: 429, type: "rate_limit_error" },
    },
    {
      status: 400,
      body: {
        error: {
          code: "data_inspection_failed",
          message: "Output data may contain inappropriate content.",
        },
      },
      expect: { status: 400, says: /content filtering/ },
    },
    {
      status: 400,
      body: {
        error: {
          code: "invalid_parameter_error",
          message:
            "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]",
        },
      },
      expect: { status: 400, says: /^prompt is too long: \d+ tokens > 129024 maximum$/ },
    },
    {
      status: 200,
      body: { code: "InvalidParameter", message: "The parameter is wrong", request_id: "req-1" },
      expect: { status: 502, says: /The parameter is wrong/ },
    },
  ],
});
