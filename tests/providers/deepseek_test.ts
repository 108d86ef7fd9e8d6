import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { providers } from "../../providers/mod.ts";
import { deepseek } from "../../providers/deepseek.ts";
import { plainDeltas, testAdapter } from "../conformance.ts";
import { BASH, thinking, through } from "../support/through.ts";

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

for (const url of ["https://api.deepseek.com", "https://api.deepseek.com/v1"]) {
  Deno.test(`deepseek: ${url} selects it`, () => {
    const config = parseConfig({ OPENAI_BASE_URL: url, OPENAI_API_KEY: "key" });
    assert.equal(
      assemble(config, { providers, plugins: [], version: "0.0.0" }).provider,
      "deepseek",
    );
  });
}

for (
  const [model, effort, sent] of [
    ["deepseek-v4-pro", "none", { thinking: { type: "disabled" } }],
    ["deepseek-v4-flash", "medium", { thinking: { type: "enabled" }, reasoning_effort: "medium" }],
    ["deepseek-v4-pro", "max", { thinking: { type: "enabled" }, reasoning_effort: "max" }],
    ["deepseek-chat", "high", {}],
    ["deepseek-reasoner", "none", {}],
  ] as const
) {
  Deno.test(`deepseek: ${model} asked for effort ${effort} (Q24, Q63)`, async () => {
    const asked = effort === "none" ? {} : thinking(effort);
    const { body } = await through(deepseek, { model, ...asked });
    const { thinking: type, reasoning_effort } = body;
    assert.deepEqual(JSON.parse(JSON.stringify({ thinking: type, reasoning_effort })), sent);
  });
}

for (
  const [model, cap] of [
    ["deepseek-chat", 8_192],
    ["deepseek-reasoner", 65_536],
    ["deepseek-v4-pro", 262_144],
  ] as const
) {
  Deno.test(`deepseek: ${model} writes ${cap} tokens at most (Q63, Q107)`, async () => {
    const { body } = await through(deepseek, { model, max_tokens: 300_000 });
    assert.equal(body.max_tokens, cap);
  });
}

Deno.test("deepseek: a tool can be demanded where it does not think (Q63, Q89)", async () => {
  const request = { model: "deepseek-v4-pro", tools: [BASH], tool_choice: { type: "any" } };
  assert.equal((await through(deepseek, request)).body.tool_choice, "required");
  const { body } = await through(deepseek, { ...request, ...thinking("high") });
  assert.equal(body.tool_choice, "auto");
});

Deno.test("deepseek: roles alternate for the reasoner (Q63, Q103)", async () => {
  const messages = [
    { role: "user", content: "One." },
    { role: "system", content: "Two." },
    { role: "user", content: "Three." },
  ];
  const { body } = await through(deepseek, { model: "deepseek-reasoner", messages });
  assert.deepEqual(body.messages.map(({ role }) => role), ["user"]);
});

Deno.test("deepseek: a call leaked as text is a call (Q63, Q86)", async () => {
  const text = '<｜DSML｜function_calls><｜DSML｜invoke name="Bash">' +
    '<｜DSML｜parameter name="command" string="true">ls</｜DSML｜parameter>' +
    "</｜DSML｜invoke></｜DSML｜function_calls>";
  const { answer } = await through(deepseek, { tools: [BASH] }, { script: [{ text }] });
  const [block] = answer.content;
  assert.ok(block?.type === "tool_use");
  assert.deepEqual(block.input, { command: "ls" });
});

Deno.test("deepseek: an overloaded system is worth a retry (Q63, Q111)", async () => {
  const script = [{ text: "Half", finish: "insufficient_system_resource" }];
  assert.equal((await through(deepseek, {}, { script })).status, 529);
});
