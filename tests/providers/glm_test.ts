import assert from "node:assert/strict";
import { glm } from "../../providers/glm.ts";
import { testAdapter } from "../conformance.ts";

testAdapter("glm", glm, {
  model: "glm-5.3",
  knows: { body: ["thinking", "tool_stream"] },
  finish: (turn) => turn.finish === "content_filter" ? "sensitive" : turn.finish,
  refusal: (message) => ({ status: 400, body: { error: { code: "1210", message } } }),
  refuses: [
    // Q24
    (body) =>
      (body["thinking"] as { type?: string })?.type !== "enabled" ||
        !["low", "high", "max"].includes(body.reasoning_effort ?? "max")
        ? "please use low, high, or max"
        : undefined,
    // Q62, Q89
    (body) =>
      !["auto", undefined].includes(body.tool_choice as string)
        ? "tool_choice only supports auto"
        : undefined,
    (body) => outside(body.temperature) || outside(body.top_p) ? "API parameter error" : undefined,
    (body) => (body.stop?.length ?? 0) > 1 ? "stop: at most 1" : undefined,
    // Q107
    (body) => (body.max_tokens ?? 0) > 131_072 ? "max_tokens: valid range [1, 131072]" : undefined,
    (body) =>
      JSON.stringify(body.messages).includes("image_url") ? "images are not supported" : undefined,
    // A28
    (body) => body.response_format?.["type"] === "json_schema" ? "response_format" : undefined,
    // Q17: without it a call comes after a long silence
    (body) => body.stream && body.tools && body["tool_stream"] !== true ? "tool_stream" : undefined,
    // Q23, Q104
    ({ messages }) =>
      messages.some(({ role }, position) =>
          role === "system" && position > 0 ||
          role === "user" && messages[position - 1]?.role === "tool" &&
            typeof messages[position]?.content === "string"
        )
        ? "roles"
        : undefined,
  ],
  // Q21: preserved thinking must come back unchanged
  replays: (message, turn) => assert.equal(message.reasoning_content, turn.thinking),
  errors: [
    {
      status: 429,
      body: { error: { code: "1113", message: "Insufficient balance or no resource package." } },
      expect: { status: 402, type: "billing_error" },
    },
    {
      status: 429,
      body: { error: { code: "1302", message: "High concurrency usage of this API" } },
      expect: { status: 429, type: "rate_limit_error" },
    },
    {
      status: 429,
      body: { error: { code: "1308", message: "Usage limit reached for 5 hour" } },
      expect: { status: 402, says: /Usage limit reached/ },
    },
    {
      status: 400,
      body: { error: { code: "1301", message: "The system detected unsafe content" } },
      expect: { status: 400, says: /content filtering/ },
    },
    {
      status: 400,
      body: { error: { code: "1261", message: "Prompt exceeds max length" } },
      expect: { status: 400, says: /^prompt is too long: \d+ tokens > 1048576 maximum$/ },
    },
  ],
});

function outside(value: number | undefined): boolean {
  return value !== undefined && (value <= 0 || value > 1);
}
