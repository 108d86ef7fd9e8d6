/** vLLM, llama.cpp and LM Studio (Q74). */
import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { llamacpp } from "../../providers/llamacpp.ts";
import { lmstudio } from "../../providers/lmstudio.ts";
import { providers } from "../../providers/mod.ts";
import { vllm } from "../../providers/vllm.ts";
import { plainDeltas, plainMessage, type SpokenTurn, testAdapter } from "../conformance.ts";
import type { Rule } from "../support/dialect.ts";
import { BASH, frames, QUESTION, thinking, through } from "../support/through.ts";

const asReasoning = {
  knows: { body: ["chat_template_kwargs"], assistant: ["reasoning"] },
  deltas: (turn: SpokenTurn) => plainDeltas(turn, "reasoning"),
  message: (turn: SpokenTurn) => plainMessage(turn, "reasoning"),
};

/** What the chat templates of open models refuse. */
const TEMPLATE: readonly Rule[] = [
  (body) =>
    body.messages.slice(1).some(({ role }) => role === "system")
      ? "System message must be at the beginning."
      : undefined,
  (body) =>
    body.messages.some((message) =>
        message.role === "assistant" &&
        message.tool_calls?.some((call) => typeof JSON.parse(call.function.arguments) !== "object")
      )
      ? "Can only get item pairs from a mapping."
      : undefined,
];

testAdapter("vllm", vllm, {
  ...asReasoning,
  model: "Qwen/Qwen3-Coder",
  callId: (name, position) => `chatcmpl-tool-${name}${position}00000000`,
  finish: (turn) => turn.finish === "tool_calls" ? "stop" : turn.finish,
  replays: (message, turn) => assert.equal(message["reasoning"], turn.thinking),
  refuses: TEMPLATE,
  errors: [{
    status: 400,
    body: {
      object: "error",
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens (8500 in the messages, 500 in the completion).",
      type: "BadRequestError",
      param: null,
      code: 400,
    },
    expect: { status: 400, says: /^prompt is too long: 8500 tokens > 4096 maximum/ },
  }],
});

testAdapter("llamacpp", llamacpp, {
  model: "qwen3",
  knows: { body: ["chat_template_kwargs"], emptyText: true },
  replays: (message, turn) => assert.equal(message.reasoning_content, turn.thinking),
  refuses: [
    ...TEMPLATE,
    (body) =>
      body.messages.some(({ content }) => content === null)
        ? "content must not be null"
        : undefined,
    (body) =>
      /"(?:pattern|format|\$ref|minLength)":/.test(JSON.stringify(body.tools ?? []))
        ? "failed to parse grammar"
        : undefined,
    (body) => typeof body.tool_choice === "object" ? "Invalid tool_choice" : undefined,
  ],
  errors: [
    {
      status: 400,
      body: {
        error: {
          code: 400,
          type: "exceed_context_size_error",
          message:
            "request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it",
          n_prompt_tokens: 13392,
          n_ctx: 8192,
        },
      },
      expect: { status: 400, says: /^prompt is too long: 13392 tokens > 8192 maximum/ },
    },
    {
      status: 503,
      body: { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
      expect: { status: 529, says: /Loading model/ },
    },
  ],
});

testAdapter("lmstudio", lmstudio, {
  ...asReasoning,
  model: "openai/gpt-oss-20b",
  replays: (message, turn) => assert.equal(message["reasoning"], turn.thinking),
  refuses: [
    ...TEMPLATE,
    (body) =>
      typeof body.tool_choice === "object" ? "Invalid tool_choice type: 'object'" : undefined,
  ],
  errors: [{
    status: 400,
    body: {
      error:
        "The number of tokens to keep from the initial prompt is greater than the context length.",
    },
    expect: { status: 400, says: /^prompt is too long/ },
  }],
});

for (
  const [port, name] of [[8000, "vllm"], [8080, "llamacpp"], [1234, "lmstudio"], [9, "generic"]]
) {
  Deno.test(`a server on port ${port} is taken for ${name}`, () => {
    const config = parseConfig({ OPENAI_BASE_URL: `http://localhost:${port}/v1` });
    assert.equal(assemble(config, { providers, plugins: [], version: "0" }).provider, name);
  });
}

Deno.test("a port says nothing of an address with https", () => {
  const config = parseConfig({
    OPENAI_BASE_URL: "https://gateway.example:8080/v1",
    OPENAI_API_KEY: "key",
  });
  const { provider } = assemble(config, { providers, plugins: [], version: "0" });
  assert.equal(provider, "generic");
});

for (const [name, adapter] of Object.entries({ vllm, llamacpp, lmstudio })) {
  Deno.test(`${name}: gpt-oss gets room to think before a small answer (Q25)`, async () => {
    const { body } = await through(adapter, { model: "openai/gpt-oss-20b", max_tokens: 64 });
    assert.deepEqual([body.max_tokens, body.reasoning_effort], [4096, "low"]);
  });
}

for (
  const [model, effort, sent] of [
    ["Qwen/Qwen3-32B", "none", { enable_thinking: false, thinking: false }],
    ["deepseek-ai/DeepSeek-V4", "high", { enable_thinking: true, thinking: true }],
    ["meta-llama/Llama-3.3-70B", "high", undefined],
    ["openai/gpt-oss-120b", "high", undefined],
  ] as const
) {
  Deno.test(`vllm: ${model} asked for effort ${effort} (Q24)`, async () => {
    const { body } = await through(vllm, { model, ...thinking(effort) });
    assert.deepEqual(body["chat_template_kwargs"], sent);
    assert.equal(body.reasoning_effort, model.includes("gpt-oss") ? "high" : undefined);
  });
}

Deno.test("vllm: thinking that came as reasoning_content goes back so, in tags not at all (Q20, Q27)", async () => {
  for (
    const [answered, sent] of [[{ reasoning: "Hm.", text: "Yes." }, "Hm."], [{
      text: "<think>Hm.</think>Yes.",
    }, undefined]] as const
  ) {
    const { answer } = await through(vllm, {}, { script: [answered] });
    assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "text"]);
    const messages = [
      ...QUESTION.messages,
      { role: "assistant", content: answer.content },
      ...QUESTION.messages,
    ];
    const { body } = await through(vllm, { messages });
    assert.equal((body.messages[1] as { reasoning_content?: string }).reasoning_content, sent);
  }
});

Deno.test("vllm: an answer that does not fit beside its prompt gives way (A21, Q74)", async () => {
  const message =
    "This model's maximum context length is 32768 tokens. However, you requested 62000 tokens (30000 in the messages, 32000 in the completion).";
  const refused = { object: "error", message, type: "BadRequestError", param: null, code: 400 };
  const script = [{ error: { status: 400, body: refused } }, { text: "Hello." }];
  const { status, received } = await through(vllm, {}, { script });
  assert.equal(status, 200);
  assert.equal(received[1]?.body["max_tokens"], 2768);
});

Deno.test("vllm: empty tool_calls, null details and a name without arguments are harmless (Q74, Q81)", async () => {
  const call = {
    index: 0,
    id: "chatcmpl-tool-00000001",
    type: "function",
    function: { name: "Bash", arguments: null },
  };
  const raw = frames(
    { choices: [{ delta: { role: "assistant", content: "", tool_calls: [] } }] },
    { choices: [{ delta: { tool_calls: [call] } }] },
    { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: "{}" } }] } }] },
    { choices: [{ delta: {}, finish_reason: "stop" }] },
    { choices: [], usage: { prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: null } },
  );
  const { answer } = await through(vllm, { tools: [BASH] }, { script: [{ raw }] });
  assert.deepEqual(answer.content.map(({ type }) => type), ["tool_use"]);
  assert.equal(answer.stop_reason, "tool_use");
});

const LEAKS: readonly (readonly [string, typeof vllm, string])[] = [
  ["vllm", vllm, '<tool_call>\n{"name":"Bash","arguments":{"command":"ls"}}\n</tool_call>'],
  [
    "llamacpp",
    llamacpp,
    "<tool_call><function=Bash><parameter=command>ls</parameter></function></tool_call>",
  ],
  ["lmstudio", lmstudio, '<tool_call>{"name":"Bash","arguments":{"command":"ls"}}</tool_call>'],
];

for (const [name, adapter, text] of LEAKS) {
  Deno.test(`${name}: a call that leaks as text is found (Q74, Q86)`, async () => {
    const { answer } = await through(adapter, { tools: [BASH] }, { script: [{ text }] });
    assert.deepEqual(answer.content.map((block) => block.type === "tool_use" && block.input), [
      { command: "ls" },
    ]);
  });
}

Deno.test("lmstudio: an error event in a stream of HTTP 200 is an error (Q5, Q74)", async () => {
  const raw = ['event: error\ndata: {"error":{"message":"Model unloaded."}}\n\n'];
  const { status, answer } = await through(lmstudio, {}, { script: [{ raw }] });
  assert.equal(status, 502);
  assert.match(answer.error.message, /Model unloaded/);
});

Deno.test("llamacpp: tools are demanded in a word (Q74, Q89)", async () => {
  const { body } = await through(llamacpp, {
    tools: [BASH],
    tool_choice: { type: "tool", name: "Bash" },
  });
  assert.equal(body.tool_choice, "required");
});
