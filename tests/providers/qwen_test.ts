import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { providers } from "../../providers/mod.ts";
import { qwen } from "../../providers/qwen.ts";
import { pieces } from "../support/dialect.ts";
import { testAdapter } from "../conformance.ts";
import { BASH, frames, thinking, through } from "../support/through.ts";

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

for (
  const url of [
    "https://dashscope.aliyuncs.com/compatible-mode/v1",
    "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
  ]
) {
  Deno.test(`qwen: ${url} selects it`, () => {
    const config = parseConfig({ OPENAI_BASE_URL: url, OPENAI_API_KEY: "key" });
    assert.equal(assemble(config, { providers, plugins: [], version: "0.0.0" }).provider, "qwen");
  });
}

const SEARCH = { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 8 }] };

for (
  const [model, effort, sent] of [
    ["qwen3.7-max", "none", { enable_thinking: false }],
    ["qwen3.7-max", "low", { enable_thinking: true, thinking_budget: 1024 }],
    ["qwen-plus", "high", { enable_thinking: true, thinking_budget: 24_576 }],
    ["qwen3-235b-a22b", "max", { enable_thinking: true }],
    ["qwen3-coder-plus", "high", {}],
    ["qwen3-235b-a22b-instruct-2507", "high", {}],
    ["qwen3-235b-a22b-thinking-2507", "none", {}],
    ["qwen-max", "high", {}],
  ] as const
) {
  Deno.test(`qwen: ${model} asked for effort ${effort} (Q24, Q66)`, async () => {
    const asked = effort === "none" ? {} : thinking(effort);
    const { body } = await through(qwen, { model, ...asked });
    const { enable_thinking, thinking_budget } = body;
    assert.deepEqual(JSON.parse(JSON.stringify({ enable_thinking, thinking_budget })), sent);
  });
}

Deno.test("qwen: a whole answer is put together from a stream (Q6, Q66)", async () => {
  const raw = frames(
    { choices: [{ index: 0, delta: { content: "Hel" } }] },
    { choices: [{ index: 0, delta: { content: "lo." }, finish_reason: "stop" }] },
  );
  const { answer, body } = await through(qwen, { stream: false }, { script: [{ raw }] });
  assert.equal(body.stream, true);
  assert.deepEqual(answer.content, [{ type: "text", text: "Hello." }]);
});

Deno.test("qwen: calls are parallel unless the client forbids it (Q89)", async () => {
  const request = { model: "qwen3-coder-plus", tools: [BASH] };
  assert.equal((await through(qwen, request)).body.parallel_tool_calls, true);
  const tool_choice = { type: "auto", disable_parallel_tool_use: true };
  const { body } = await through(qwen, { ...request, tool_choice });
  assert.equal(body.parallel_tool_calls, false);
});

Deno.test("qwen: a structured answer is asked for in words, and without thinking (A28)", async () => {
  const format = { type: "json_schema", schema: { type: "object", properties: {} } };
  const request = { model: "qwen3.7-max", ...thinking("high"), output_config: { format } };
  const { body } = await through(qwen, request);
  assert.deepEqual(body.response_format, { type: "json_object" });
  assert.equal(body["enable_thinking"], false);
});

Deno.test("qwen: an error in a flat frame is one (Q5, Q66)", async () => {
  const raw = frames({ code: "InvalidParameter", message: "Wrong", request_id: "req-1" });
  const { status, answer } = await through(qwen, {}, { script: [{ raw }] });
  assert.equal(status, 502);
  assert.match(answer.error.message, /Wrong/);
});

Deno.test("qwen: what went into the cache is no input (Q66, Q110)", async () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 30, cache_creation_input_tokens: 50 },
  };
  const { answer } = await through(qwen, {}, { script: [{ text: "Hi", usage }] });
  assert.equal(answer.usage.input_tokens, 20);
  assert.equal(answer.usage.cache_creation_input_tokens, 50);
});

Deno.test("qwen: it searches the web itself (A33)", async () => {
  const { body } = await through(qwen, { model: "qwen3.7-max", ...SEARCH });
  assert.equal(body["enable_search"], true);
});
