import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { providers } from "../../providers/mod.ts";
import { kimi } from "../../providers/kimi.ts";
import { webSearch } from "../../plugins/web_search.ts";
import { testAdapter } from "../conformance.ts";
import { post } from "../support/conversation.ts";
import { startUpstream } from "../support/scripted_upstream.ts";
import { afterCall, BASH, thinking, through } from "../support/through.ts";
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
      status: 403,
      body: {
        error: {
          type: "access_terminated_error",
          message: "Kimi For Coding is currently only available for Coding Agents.",
        },
      },
      expect: { status: 424, says: /only available for Coding Agents.*ANTHROPIC_BASE_URL/ },
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

for (
  const url of [
    "https://api.moonshot.cn/v1",
    "https://api.moonshot.ai/v1",
    "https://api.kimi.com/coding/v1",
  ]
) {
  Deno.test(`kimi: ${url} selects it`, () => {
    const config = parseConfig({ OPENAI_BASE_URL: url, OPENAI_API_KEY: "key" });
    assert.equal(assemble(config, { providers, plugins: [], version: "0.0.0" }).provider, "kimi");
  });
}

const SEARCH = { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 8 }] };

for (
  const [model, effort, sent] of [
    ["kimi-k2.6", "none", { thinking: { type: "disabled" } }],
    ["kimi-k2.6", "high", { thinking: { type: "enabled", keep: "all" } }],
    ["kimi-k2.5", "high", { thinking: { type: "enabled" } }],
    ["kimi-k2.7-code", "none", { thinking: { type: "enabled", keep: "all" } }],
    ["kimi-k3", "none", { reasoning_effort: "low" }],
    ["kimi-k3", "medium", { reasoning_effort: "high" }],
    ["kimi-k3.1-pro", "max", { reasoning_effort: "max" }],
    ["kimi-for-coding", "high", { thinking: { type: "enabled", effort: "high" } }],
    ["kimi-k2-thinking", "none", {}],
    ["moonshot-v1-128k", "high", {}],
  ] as const
) {
  Deno.test(`kimi: ${model} asked for effort ${effort} (Q24, Q61)`, async () => {
    const asked = effort === "none" ? {} : thinking(effort);
    const { body } = await through(kimi, { model, ...asked });
    const { thinking: type, reasoning_effort } = body;
    assert.deepEqual(JSON.parse(JSON.stringify({ thinking: type, reasoning_effort })), sent);
  });
}

for (
  const [model, kept] of [["kimi-k2.6", []], ["moonshot-v1-32k", ["temperature", "top_p"]]] as const
) {
  Deno.test(`kimi: ${model} keeps ${kept.join(" and ") || "no sampling"} (Q26, Q61)`, async () => {
    const { body } = await through(kimi, { model, temperature: 0.3, top_p: 0.9 });
    assert.deepEqual(["temperature", "top_p"].filter((field) => field in body), kept);
  });
}

Deno.test("kimi: moonshot-v1 says its window in its name (Q107)", () => {
  assert.equal(kimi.facts?.("moonshot-v1-128k").context, 131_072);
  assert.equal(kimi.facts?.("moonshot-v1-8k-vision-preview").vision, true);
});

Deno.test("kimi: an id of another provider stays what it is (Q61, Q84)", async () => {
  const block = { type: "tool_use", id: "toolu_01A09q90qw", name: "Bash", input: {} };
  const messages = afterCall([block], "toolu_01A09q90qw");
  const { body } = await through(kimi, { model: "kimi-k3", tools: [BASH], messages });
  const sent = body.messages[1];
  assert.ok(sent?.role === "assistant");
  assert.equal(sent.tool_calls?.[0]?.id, "toolu_01A09q90qw");
  assert.equal(sent.reasoning_content, " ");
});

Deno.test("kimi: a call leaked as text is a call (Q61, Q86)", async () => {
  const text = "<|tool_calls_section_begin|><|tool_call_begin|>functions.Bash:0" +
    '<|tool_call_argument_begin|>{"command":"ls"}<|tool_call_end|><|tool_calls_section_end|>';
  const { answer } = await through(kimi, { tools: [BASH] }, { script: [{ text }] });
  const [block] = answer.content;
  assert.ok(block?.type === "tool_use");
  assert.deepEqual(block.input, { command: "ls" });
});

Deno.test("kimi: an image that is only an address becomes a note (Q61, Q105)", async () => {
  const source = { type: "url", url: "https://example.com/a.png" };
  const messages = [{ role: "user", content: [{ type: "image", source }] }];
  const { body } = await through(kimi, { model: "kimi-k3", messages });
  assert.ok(!JSON.stringify(body.messages).includes("image_url"));
});

Deno.test("kimi: the session is the cache key (Q44)", async () => {
  const { body } = await through(kimi, { model: "kimi-k3" });
  assert.match(body.prompt_cache_key ?? "", /^[0-9a-f]{32}$/);
});

Deno.test("kimi: it searches the web itself, without thinking (A33, Q61)", async () => {
  const { body } = await through(kimi, { model: "kimi-k2.6", ...SEARCH, ...thinking("high") });
  assert.deepEqual(body.tools, [
    { type: "builtin_function", function: { name: "$web_search" } },
  ] as unknown);
  assert.deepEqual(body["thinking"], { type: "disabled" });
});

Deno.test("kimi: a search goes back under its own name, and its answer is found (A33, Q61)", async () => {
  await using upstream = startUpstream([
    { calls: [{ id: "search:0", name: "$web_search", input: { search_result: { id: "1" } } }] },
    { text: "Deno 3 is out." },
  ]);
  const config = parseConfig({ PROVIDER: "kimi", OPENAI_BASE_URL: upstream.baseUrl });
  const program = assemble(config, { providers, plugins: [webSearch], version: "0.0.0" });
  const { message } = await post(program, {
    model: "kimi-k3",
    max_tokens: 1000,
    messages: [{ role: "user", content: "Perform a web search for the query: deno 3" }],
    tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 8 }],
  });
  assert.ok(JSON.stringify(message?.content).includes("Deno 3 is out."));
  const [, call, result] = upstream.received[1]!.body.messages;
  assert.ok(call?.role === "assistant" && result?.role === "tool");
  assert.equal(call.tool_calls?.[0]?.function.name, "$web_search");
  assert.deepEqual(JSON.parse(String(result.content)), { search_result: { id: "1" } });
  assert.equal(result["name"], "$web_search");
});

for (const path of ["/coding", "/coding/v1"]) {
  Deno.test(`kimi: the coding plan's address may be ${path}`, async () => {
    const { received } = await through(kimi, { model: "kimi-for-coding" }, { path });
    assert.equal(received[0]?.path, "/coding/v1/chat/completions");
  });
}
