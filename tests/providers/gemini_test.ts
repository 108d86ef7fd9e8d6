import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { fieldsOf } from "../../core/mod.ts";
import { providers } from "../../providers/mod.ts";
import { gemini } from "../../providers/gemini.ts";
import { type SpokenTurn, testAdapter } from "../conformance.ts";
import { afterCall, BASH, frames, thinking, through } from "../support/through.ts";
import { wrongInSubset } from "../support/schema_subset.ts";
import { everySchema, schemasOf } from "../support/schemas.ts";

/** Thoughts are flagged, calls come whole and without an index, the first one signed, and the end is "stop". */
testAdapter("gemini", gemini, {
  model: "gemini-3.8-flash",
  knows: { body: ["extra_body"], call: ["extra_content"] },
  deltas: (turn) => [
    ...(turn.thinking === undefined ? [] : [
      { role: "assistant", content: `<thought>${turn.thinking.slice(0, 5)}`, ...THOUGHT },
      { role: "assistant", content: turn.thinking.slice(5), ...THOUGHT },
    ]),
    ...(turn.text === undefined ? [] : [{
      role: "assistant",
      content: `${turn.thinking === undefined ? "" : "</thought>"}${turn.text}`,
    }]),
    ...(turn.calls.length === 0 ? [] : [{ role: "assistant", tool_calls: callsOf(turn) }]),
  ],
  message: (turn) => ({
    role: "assistant",
    content: `${turn.thinking === undefined ? "" : `<thought>${turn.thinking}</thought>`}${
      turn.text ?? ""
    }`,
    ...(turn.calls.length === 0 ? {} : { tool_calls: callsOf(turn) }),
  }),
  finish: (turn) =>
    turn.finish === "content_filter"
      ? "content_filter: PROHIBITED_CONTENT"
      : turn.finish === "tool_calls"
      ? "stop"
      : turn.finish,
  usage: {
    prompt_tokens: 100,
    completion_tokens: 12,
    total_tokens: 120,
    prompt_tokens_details: { cached_tokens: 60 },
  },
  refusal: (message) => ({
    status: 400,
    body: [{ error: { code: 400, message, status: "INVALID_ARGUMENT" } }],
  }),
  refuses: [
    // Q50
    (body) =>
      body.messages.some((message) =>
          message.role === "assistant" && message.tool_calls !== undefined &&
          signatureOf(message.tool_calls[0]) === undefined
        )
        ? "Function call is missing a thought_signature in functionCall parts."
        : undefined,
    // Q52, Q55
    (body) =>
      "parallel_tool_calls" in body
        ? 'Unknown name "parallel_tool_calls": Cannot find field.'
        : undefined,
    (body) => {
      const config = fieldsOf(fieldsOf(fieldsOf(body["extra_body"])["google"])["thinking_config"]);
      return ["low", "medium", "high"].includes(String(config["thinking_level"]))
        ? undefined
        : "Thinking level is not supported for this model.";
    },
    // Q53
    (body) =>
      body.tools?.some((tool) => !/^[a-zA-Z_][\w.:-]{0,63}$/.test(tool.function.name))
        ? "tools[0].function_declarations[0].name: Invalid function name"
        : undefined,
    // Q54
    (body) => schemasOf(body).flatMap(everySchema).map(wrongInSubset).find(Boolean),
    // Q55
    (body) =>
      body.messages.some(({ role }, position) => role === "system" && position > 0)
        ? "System messages must come first"
        : undefined,
  ],
  replays: (message, turn) =>
    assert.deepEqual(
      message.tool_calls?.map(signatureOf),
      turn.calls.map((call, position) => position === 0 ? `SIG+/${call.id}==` : undefined),
    ),
  errors: [
    {
      status: 429,
      body: [{
        error: {
          code: 429,
          message: "Resource exhausted",
          status: "RESOURCE_EXHAUSTED",
          details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "37s" }],
        },
      }],
      expect: { status: 429, type: "rate_limit_error", says: /Resource exhausted/ },
    },
    {
      status: 400,
      body: [{ error: { code: 400, message: "API key not valid. Please pass a valid API key." } }],
      expect: { status: 401, type: "authentication_error" },
    },
    {
      status: 400,
      body: [{
        error: {
          message:
            "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
        },
      }],
      expect: { status: 400, says: /^prompt is too long: 1196265 tokens > 1048575 maximum$/ },
    },
  ],
});

const THOUGHT = { extra_content: { google: { thought: true } } };

function callsOf(turn: SpokenTurn) {
  return turn.calls.map(({ id, name, input }, position) => ({
    ...(position === 0 ? { extra_content: { google: { thought_signature: `SIG+/${id}==` } } } : {}),
    function: { arguments: JSON.stringify(input), name },
    id,
    type: "function",
  }));
}

function signatureOf(call: unknown): unknown {
  return fieldsOf(fieldsOf(fieldsOf(call)["extra_content"])["google"])["thought_signature"];
}

for (
  const url of [
    "https://generativelanguage.googleapis.com/v1beta",
    "https://generativelanguage.googleapis.com/v1beta/openai/",
  ]
) {
  Deno.test(`gemini: ${url} selects it`, () => {
    const config = parseConfig({ OPENAI_BASE_URL: url, OPENAI_API_KEY: "key" });
    assert.equal(assemble(config, { providers, plugins: [], version: "0.0.0" }).provider, "gemini");
  });
}

for (const path of ["/v1beta", "/v1beta/", "/v1beta/openai"]) {
  Deno.test(`gemini: ${path} leads to the OpenAI endpoint`, async () => {
    const { received } = await through(gemini, {}, { path });
    assert.equal(received[0]?.path, "/v1beta/openai/chat/completions");
  });
}

for (
  const [model, effort, sent] of [
    ["gemini-3.8-flash", "none", { thinking_level: "low", include_thoughts: false }],
    ["gemini-3.8-flash", "medium", { thinking_level: "medium", include_thoughts: true }],
    ["gemini-3.1-pro-preview", "max", { thinking_level: "high", include_thoughts: true }],
    ["gemini-3-pro-preview", "medium", { thinking_level: "high", include_thoughts: true }],
    ["gemini-2.5-flash", "none", { thinking_budget: 0, include_thoughts: false }],
    ["gemini-2.5-pro", "none", { thinking_budget: 128, include_thoughts: false }],
    ["gemini-2.5-flash", "high", { thinking_budget: 24_576, include_thoughts: true }],
    ["gemini-2.0-flash", "high", undefined],
  ] as const
) {
  Deno.test(`gemini: ${model} asked for effort ${effort} (Q24, Q52)`, async () => {
    const { body } = await through(gemini, {
      model,
      ...(effort === "none" ? {} : thinking(effort)),
    });
    const google = fieldsOf(fieldsOf(body["extra_body"])["google"]);
    assert.deepEqual(google["thinking_config"], sent);
    assert.ok(!("reasoning_effort" in body));
  });
}

Deno.test("gemini: a signature in a chunk of its own reaches its call (Q50)", async () => {
  const call = (fields: Readonly<Record<string, unknown>>, finish_reason?: string) => ({
    choices: [{ delta: { role: "assistant", ...fields }, finish_reason }],
  });
  const raw = frames(
    call({
      tool_calls: [{
        index: 0,
        id: "call_00000001",
        type: "function",
        function: { name: "Bash", arguments: "{}" },
      }],
    }),
    call({
      tool_calls: [{ index: 0, extra_content: { google: { thought_signature: "LATE" } } }],
    }),
    call({}, "stop"),
  );
  const request = { model: "gemini-3.8-flash", tools: [BASH], stream: false };
  const { answer } = await through(gemini, request, { script: [{ raw }] });
  const [block] = answer.content;
  assert.ok(block?.type === "tool_use");
  const messages = afterCall(answer.content, block.id);
  const { body } = await through(gemini, { ...request, messages });
  const sent = body.messages[1];
  assert.ok(sent?.role === "assistant");
  assert.equal(signatureOf(sent.tool_calls?.[0]), "LATE");
});

Deno.test("gemini: calls before version 3 need no signature (Q50)", async () => {
  const block = { type: "tool_use", id: "call_00000001", name: "Bash", input: {} };
  const request = { model: "gemini-2.5-flash", tools: [BASH], messages: afterCall([block]) };
  const { body } = await through(gemini, request);
  const sent = body.messages[1];
  assert.ok(sent?.role === "assistant" && !("extra_content" in sent.tool_calls![0]!));
  assert.equal((body.messages[2] as { name?: string }).name, "Bash");
});

Deno.test("gemini: a call that the model garbled is a fault worth a retry (Q55, Q111)", async () => {
  const finish = "function_call_filter: MALFORMED_FUNCTION_CALL";
  const { status } = await through(gemini, {}, { script: [{ finish }] });
  assert.equal(status, 529);
});

Deno.test("gemini: a structured answer's schema is cut to what it knows (Q54, A28)", async () => {
  const schema = { type: "object", properties: { a: { const: "b" } }, additionalProperties: false };
  const { body } = await through(gemini, {
    output_config: { format: { type: "json_schema", schema } },
  });
  assert.deepEqual(fieldsOf(body.response_format?.["json_schema"])["schema"], {
    type: "object",
    properties: { a: { type: "string", enum: ["b"] } },
  });
});

Deno.test("gemini: a model that always thinks has room for a small answer (Q25, Q107)", async () => {
  const { body } = await through(gemini, { model: "gemini-3.8-flash", max_tokens: 64 });
  assert.equal(body.max_tokens, 4096);
  const large = await through(gemini, { model: "gemini-2.0-flash", max_tokens: 32_000 });
  assert.equal(large.body.max_tokens, 8192);
});
