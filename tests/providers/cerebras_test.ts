import assert from "node:assert/strict";
import { cerebras } from "../../providers/cerebras.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";
import { BASH, thinking, through } from "../support/through.ts";

const SPEAKS = {
  deltas: (turn: Parameters<typeof plainDeltas>[0]) => plainDeltas(turn, "reasoning"),
  message: (turn: Parameters<typeof plainMessage>[0]) => plainMessage(turn, "reasoning"),
};

for (const model of ["gpt-oss-120b", "zai-glm-4.7"]) {
  testAdapter(`cerebras ${model}`, cerebras, {
    ...SPEAKS,
    model,
    knows: {
      body: ["clear_thinking", "reasoning_format", "max_completion_tokens"],
      assistant: ["reasoning"],
    },
    replays: (message, turn) =>
      model.startsWith("gpt-oss")
        ? assert.equal(message["reasoning"], turn.thinking)
        : assert.ok(String(message.content).startsWith(`<think>${turn.thinking}</think>`)),
    refuses: [
      // Q21
      (body) =>
        body.messages.some((message) => "reasoning_content" in message)
          ? "messages.2.assistant.reasoning_content: property is unsupported"
          : undefined,
      // Q69
      (body) => "parallel_tool_calls" in body ? "parallel_tool_calls is unsupported" : undefined,
      (body) => "max_tokens" in body ? "max_tokens is unsupported" : undefined,
      (body) =>
        body.messages.some(({ content }) => Array.isArray(content)) ? "text only" : undefined,
      (body) =>
        body.model.startsWith("gpt-oss") && body.reasoning_effort === "none"
          ? "wrong_api_format"
          : undefined,
    ],
  });
}

Deno.test("cerebras: thinking of other models does not go back (Q21)", async () => {
  const script = [{ reasoning: "Hm.", text: "Yes." }];
  const model = "qwen-3-32b";
  const { answer } = await through(cerebras, { model }, { script });
  const messages = [
    { role: "user", content: "Hello" },
    { role: "assistant", content: answer.content },
    { role: "user", content: "Go on" },
  ];
  const { body } = await through(cerebras, { model, messages });
  assert.deepEqual(body.messages[1], { role: "assistant", content: "Yes." });
});

for (const status of [400, 413]) {
  Deno.test(`cerebras: HTTP ${status} without a word is too long a prompt (Q69, Q113)`, async () => {
    const script = [{ error: { status, body: "" } }];
    const passage = await through(cerebras, {}, { script });
    assert.equal(passage.status, 400);
    assert.match(passage.answer.error.message, /^prompt is too long/);
  });
}

Deno.test("cerebras: its rate limit in tokens is no overflow (Q69, Q113)", async () => {
  const body = {
    message: "Tokens per minute limit exceeded - too many tokens processed.",
    type: "too_many_tokens_error",
    code: "token_quota_exceeded",
  };
  assert.equal(
    (await through(cerebras, {}, { script: [{ error: { status: 429, body } }] })).status,
    429,
  );
});

Deno.test("cerebras: gpt-oss is left the choice of a tool (Q89)", async () => {
  const { body } = await through(cerebras, {
    model: "gpt-oss-120b",
    tools: [BASH],
    tool_choice: { type: "any" },
  });
  assert.equal(body.tool_choice, "auto");
});

for (
  const [model, effort, sent] of [
    ["gpt-oss-120b", "none", "low"],
    ["gpt-oss-120b", "xhigh", "high"],
    ["zai-glm-4.7", "none", "none"],
    ["zai-glm-4.7", "high", undefined],
    ["qwen-3.8-27b", "max", "high"],
    ["llama3.1-8b", "high", undefined],
  ] as const
) {
  Deno.test(`cerebras: ${model} asked for effort ${effort} is told ${sent} (Q24)`, async () => {
    const { body } = await through(cerebras, { model, ...thinking(effort) });
    assert.equal(body.reasoning_effort, sent);
  });
}

Deno.test("cerebras: GLM keeps the thinking that goes back (Q24)", async () => {
  const { body } = await through(cerebras, { model: "zai-glm-4.7" });
  assert.equal(body["clear_thinking"], false);
});
