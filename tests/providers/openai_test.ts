import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { providers } from "../../providers/mod.ts";
import { openai, openaiFacts } from "../../providers/openai.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";
import { afterCall, BASH, QUESTION, thinking, through } from "../support/through.ts";

/** What reasoning models say of each field they do not take (Q40, Q42, Q21). */
testAdapter("openai", openai, {
  model: "gpt-5.6",
  thinks: false,
  deltas: ({ thinking: _, ...turn }) => plainDeltas(turn),
  message: ({ thinking: _, ...turn }) => plainMessage(turn),
  refuses: [
    (body) => "max_tokens" in body ? "Unsupported parameter: 'max_tokens'" : undefined,
    (body) => "stop" in body ? "Unsupported parameter: 'stop'" : undefined,
    (body) =>
      body.reasoning_effort !== "none" && "temperature" in body
        ? "Unsupported value: 'temperature'"
        : undefined,
    (body) =>
      body.tools !== undefined && body.reasoning_effort !== "none"
        ? "Function tools with reasoning_effort are not supported for gpt-5.6"
        : undefined,
    (body) =>
      body.messages.some((message) => "reasoning_content" in message)
        ? "Unknown parameter: 'messages[1].reasoning_content'"
        : undefined,
    (body) =>
      body.tools?.some(({ function: { parameters } }) =>
          ["anyOf", "oneOf", "allOf", "enum", "not"].some((name) => name in parameters)
        )
        ? "schema must not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level"
        : undefined,
    (body) =>
      body.tools?.some((tool) => !/^[a-zA-Z0-9_-]{1,64}$/.test(tool.function.name))
        ? "Invalid 'tools[0].function.name'"
        : undefined,
    (body) =>
      body.messages.some((message) => message.role === "tool" && message.tool_call_id.length > 40)
        ? "Invalid 'messages[2].tool_call_id': string too long"
        : undefined,
  ],
});

const SAMPLED = { temperature: 0.7, top_p: 0.9, stop_sequences: ["END"] };

for (
  const [model, effort, sent] of [
    ["o3", "none", "low"],
    ["o4-mini", "max", "high"],
    ["gpt-5", "none", "minimal"],
    ["gpt-5-mini", "xhigh", "high"],
    ["gpt-5-codex", "none", "low"],
    ["gpt-5-pro", "low", "high"],
    ["gpt-5.1", "none", "none"],
    ["gpt-5.1", "max", "high"],
    ["gpt-5.1-codex-max", "max", "xhigh"],
    ["gpt-5.2", "max", "xhigh"],
    ["gpt-5.2-pro", "low", "medium"],
    ["gpt-5.6-luna", "max", "max"],
    ["gpt-6", "xhigh", "xhigh"],
    ["gpt-5.2-chat-latest", "high", undefined],
    ["gateway/gpt-5", "medium", "medium"],
  ] as const
) {
  Deno.test(`openai: ${model} asked for effort ${effort} is told ${sent} (Q24, Q40)`, async () => {
    const { body } = await through(openai, { model, ...thinking(effort) });
    assert.equal(body.reasoning_effort, sent);
    assert.ok(Number(body["max_completion_tokens"]) > 0);
    assert.equal("max_tokens" in body, false);
  });
}

for (const [host, name] of [["eu.api.openai.com", "openai"], ["openai.example", "generic"]]) {
  Deno.test(`openai: ${host} is ${name} by its name`, () => {
    const settings = { OPENAI_BASE_URL: `https://${host}/v1`, OPENAI_API_KEY: "key" };
    const parts = { providers, plugins: [], version: "0.0.0" };
    assert.equal(assemble(parseConfig(settings), parts).provider, name);
  });
}

for (const [model, least] of [["gpt-5", 4096], ["o3", 4096], ["gpt-5.1", 64]] as const) {
  Deno.test(`openai: ${model} gets ${least} tokens for a small answer (Q25)`, async () => {
    const { body } = await through(openai, { model, max_tokens: 64 });
    assert.equal(body["max_completion_tokens"], least);
  });
}

Deno.test("openai: a reasoning model gets no sampling and no stop (Q26, Q40)", async () => {
  const { body } = await through(openai, { model: "gpt-5", ...SAMPLED, ...thinking("high") });
  assert.deepEqual(["temperature", "top_p", "stop"].filter((field) => field in body), []);
});

Deno.test("openai: a reasoning model that does not reason keeps its sampling (Q40)", async () => {
  const { body } = await through(openai, { model: "gpt-5.1", ...SAMPLED });
  assert.equal(body.temperature, 0.7);
  assert.equal(body.reasoning_effort, "none");
});

for (const model of ["gpt-4o", "gpt-5-chat-latest"]) {
  Deno.test(`openai: ${model} is no reasoning model (Q40)`, async () => {
    const { body } = await through(openai, { model, ...SAMPLED, ...thinking("high") });
    assert.equal(body.max_tokens, 16_384);
    assert.deepEqual(body.stop, ["END"]);
    assert.equal("reasoning_effort" in body, false);
  });
}

for (
  const [model, sent] of [["gpt-5.2", "high"], ["gpt-5.4", "none"], ["gpt-6", "none"]] as const
) {
  Deno.test(`openai: ${model} with tools is told effort ${sent} (Q41)`, async () => {
    const { body } = await through(openai, { model, tools: [BASH], ...thinking("high") });
    assert.equal(body.reasoning_effort, sent);
  });
}

Deno.test("openai: 128 tools and 4 stop texts at most (Q42)", async () => {
  const tools = Array.from({ length: 150 }, (_, index) => ({ ...BASH, name: `tool_${index}` }));
  const { body } = await through(openai, {
    model: "gpt-4o",
    tools,
    stop_sequences: ["a", "b", "c", "d", "e"],
  });
  assert.equal(body.tools?.length, 128);
  assert.deepEqual(body.stop, ["a", "b", "c", "d"]);
});

Deno.test("openai: the root of a schema has properties and no combinators (Q42, Q91)", async () => {
  const input_schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    anyOf: [
      { properties: { path: { type: "string" } }, required: ["path", "mode"] },
      { properties: { url: { type: "string" } }, required: ["url", "mode"] },
    ],
    properties: { mode: { type: "object" }, list: { type: "array" } },
  };
  const { body } = await through(openai, { tools: [{ name: "Open", input_schema }] });
  assert.deepEqual(body.tools?.[0]?.function.parameters, {
    type: "object",
    properties: {
      path: { type: "string" },
      url: { type: "string" },
      mode: { type: "object", properties: {} },
      list: { type: "array", items: {} },
    },
    required: ["mode"],
  });
});

Deno.test("openai: names are at most 64 characters and ids at most 40 (Q42, Q84, Q90)", async () => {
  const name = `mcp__${"long".repeat(25)}`;
  const { body } = await through(openai, {
    tools: [{ ...BASH, name }],
    messages: afterCall([{ type: "tool_use", id: `toolu_${"x".repeat(60)}`, name, input: {} }]),
  });
  const call =
    body.messages.flatMap((message) =>
      message.role === "assistant" ? message.tool_calls ?? [] : []
    )[0];
  assert.match(body.tools?.[0]?.function.name ?? "", /^[a-zA-Z0-9_-]{1,64}$/);
  assert.equal(call?.function.name, body.tools?.[0]?.function.name);
  assert.ok((call?.id.length ?? 99) <= 40);
});

Deno.test("openai: usage is asked for in streams only (Q43)", async () => {
  assert.equal("stream_options" in (await through(openai, {})).body, false);
});

Deno.test("openai: requests of a session share a cache key (Q44)", async () => {
  const keys = await Promise.all([through(openai, {}), through(openai, { model: "gpt-5" })]);
  const [one, other] = keys.map(({ body }) => body.prompt_cache_key);
  assert.match(String(one), /^[0-9a-f]{32}$/);
  assert.equal(one, other);
});

Deno.test("openai: a system message stays one wherever it stands (Q40, A30)", async () => {
  const messages = [...QUESTION.messages, { role: "system", content: "Note" }];
  const { body } = await through(openai, { messages });
  assert.deepEqual(body.messages.map(({ role }) => role), ["user", "system"]);
});

Deno.test("openai: thinking is never sent back (Q21)", async () => {
  const { answer } = await through(openai, {}, { script: [{ reasoning: "Hm.", text: "Yes." }] });
  const messages = [
    ...QUESTION.messages,
    { role: "assistant", content: answer.content },
    ...QUESTION.messages,
  ];
  const { body } = await through(openai, { messages });
  assert.deepEqual(body.messages[1], { role: "assistant", content: "Yes." });
});

for (
  const [model, context, output] of [
    ["gpt-3.5-turbo", 16_385, 4_096],
    ["gpt-4", 8_192, 4_096],
    ["gpt-4-turbo", 128_000, 4_096],
    ["gpt-4o-mini", 128_000, 16_384],
    ["gpt-4.1", 1_047_576, 32_768],
    ["o3", 200_000, 100_000],
    ["gpt-5", 400_000, 128_000],
    ["gpt-5.2", 400_000, 128_000],
    ["gpt-5.5", 1_050_000, 128_000],
    ["gpt-oss-120b", undefined, undefined],
    ["llama-3", undefined, undefined],
  ] as const
) {
  Deno.test(`openai: ${model} has a window of ${context} and answers of ${output} (Q107)`, () => {
    const facts = openaiFacts(model);
    assert.deepEqual([facts.context, facts.output], [context, output]);
  });
}
