import assert from "node:assert/strict";
import { groq } from "../../providers/groq.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";
import { BASH, frames, thinking, through } from "../support/through.ts";

testAdapter("groq", groq, {
  model: "openai/gpt-oss-120b",
  knows: { body: ["reasoning_format", "max_completion_tokens"] },
  deltas: (turn) => plainDeltas(turn, "reasoning"),
  message: (turn) => plainMessage(turn, "reasoning"),
  replays: (message) => {
    assert.equal("reasoning_content" in message || "reasoning" in message, false);
  },
  refuses: [
    // Q21
    (body) =>
      body.messages.some((message) => "reasoning_content" in message)
        ? "'messages.2' : for 'role:assistant' property 'reasoning_content' is unsupported"
        : undefined,
    // Q91
    (body) =>
      body.tools?.some((tool) => "$schema" in tool.function.parameters)
        ? "property '$schema' is unsupported"
        : undefined,
    (body) => body["reasoning_format"] === "raw" && body.tools ? "raw with tools" : undefined,
  ],
});

const FAILED = {
  message: "Tool call validation failed: parameters for tool Bash did not match schema",
  type: "invalid_request_error",
  code: "tool_use_failed",
  failed_generation: '{"name": "Bash", "arguments": {"command": 5}}',
};

Deno.test("groq: a call that its check refuses reaches the client, which says what is wrong (Q68)", async () => {
  const script = [{ error: { status: 400, body: { error: FAILED } } }];
  for (const stream of [false, true]) {
    const { status, answer, received } = await through(groq, { tools: [BASH] }, { script });
    assert.equal(status, 200, `stream: ${stream}`);
    assert.equal(received.length, 1);
    assert.deepEqual(answer.content.map((block) => block.type === "tool_use" && block.input), [
      { command: 5 },
    ]);
    assert.equal(answer.stop_reason, "tool_use");
  }
});

Deno.test("groq: such a call is found in the middle of a stream, too (Q5, Q68)", async () => {
  const raw = frames({ choices: [{ delta: { reasoning: "Hm." } }] }, { error: FAILED });
  const { answer } = await through(groq, { tools: [BASH] }, { script: [{ raw }] });
  assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "tool_use"]);
});

Deno.test("groq: a failed call in markup is read, other text stays text (Q68, Q86)", async () => {
  const failed = (text: string) => [{
    error: { status: 400, body: { error: { ...FAILED, failed_generation: text } } },
  }];
  const markup = '<tool_call>{"name":"Bash","arguments":{"command":"ls"}}</tool_call>';
  const call = await through(groq, { tools: [BASH] }, { script: failed(markup) });
  assert.deepEqual(call.answer.content.map(({ type }) => type), ["tool_use"]);
  const text = await through(groq, { tools: [BASH] }, { script: failed("I ran ls.") });
  assert.deepEqual(text.answer.content, [{ type: "text", text: "I ran ls." }]);
});

Deno.test("groq: usage stands in x_groq (Q68, Q110)", async () => {
  const usage = { prompt_tokens: 7, completion_tokens: 3 };
  const raw = frames(
    { choices: [{ delta: { content: "Hi" } }] },
    { choices: [{ delta: {}, finish_reason: "stop" }], x_groq: { id: "req_1", usage } },
  );
  const { answer } = await through(groq, {}, { script: [{ raw }] });
  assert.deepEqual([answer.usage.input_tokens, answer.usage.output_tokens], [7, 3]);
});

for (
  const [limit, asked, status] of [[6000, 30133, 424], [30000, 20000, 429]] as const
) {
  Deno.test(`groq: 413 for ${asked} of ${limit} tokens a minute is ${status}, no overflow (Q68, Q113)`, async () => {
    const message =
      `Request too large for model on tokens per minute (TPM): Limit ${limit}, Requested ${asked}, please reduce your message size and try again.`;
    const script = [{ error: { status: 413, body: { error: { message } } } }];
    assert.equal((await through(groq, {}, { script })).status, status);
  });
}

Deno.test("groq: an overflow is one (Q68, Q113)", async () => {
  const message = "Please reduce the length of the messages or completion.";
  const script = [{ error: { status: 400, body: { error: { message } } } }];
  const { answer } = await through(groq, {}, { script });
  assert.match(answer.error.message, /^prompt is too long/);
});

for (
  const [model, effort, sent, format] of [
    ["openai/gpt-oss-20b", "none", "low", undefined],
    ["openai/gpt-oss-20b", "max", "high", undefined],
    ["qwen/qwen3-32b", "none", "none", "parsed"],
    ["qwen/qwen3-32b", "high", "default", "parsed"],
    ["llama-3.3-70b-versatile", "high", undefined, undefined],
  ] as const
) {
  Deno.test(`groq: ${model} asked for effort ${effort} is told ${sent} (Q24)`, async () => {
    const { body } = await through(groq, { model, ...thinking(effort) });
    assert.deepEqual([body.reasoning_effort, body["reasoning_format"]], [sent, format]);
  });
}

Deno.test("groq: the limit is max_completion_tokens, and the model's (Q68, Q107)", async () => {
  const { body } = await through(groq, { model: "meta-llama/llama-4-scout" });
  assert.equal(body["max_completion_tokens"], 8_192);
  assert.equal("max_tokens" in body, false);
});
