import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { ollama } from "../../providers/ollama.ts";
import { providers } from "../../providers/mod.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";
import { afterCall, BASH, frames, thinking, through } from "../support/through.ts";

testAdapter("ollama", ollama, {
  model: "qwen3",
  knows: { assistant: ["reasoning"] },
  deltas: (turn) => plainDeltas(turn, "reasoning"),
  message: (turn) => plainMessage(turn, "reasoning"),
  finish: (turn) => turn.finish === "tool_calls" ? "stop" : turn.finish,
  replays: (message, turn) => assert.equal(message["reasoning"], turn.thinking),
  refuses: [
    (body) =>
      body.messages.some((message) =>
          message.role === "tool" && typeof message.content !== "string"
        )
        ? "invalid message format"
        : undefined,
    (body) =>
      body.messages.some((message) =>
          message.role === "user" && Array.isArray(message.content) &&
          message.content.some((part) =>
            part.type === "file" ||
            part.type === "image_url" &&
              !/^data:image\/(jpeg|jpg|png|webp);base64,/.test(part.image_url.url)
          )
        )
        ? "invalid image input"
        : undefined,
  ],
});

Deno.test("ollama: a server on port 11434 is Ollama", () => {
  const config = parseConfig({ OPENAI_BASE_URL: "http://localhost:11434/v1" });
  const program = assemble(config, { providers, plugins: [], version: "0.0.0" });
  assert.equal(program.provider, "ollama");
});

Deno.test("ollama: thinking is `reasoning` both ways (Q20, Q73)", async () => {
  const script = [{
    raw: frames(
      { choices: [{ delta: { role: "assistant", content: "", reasoning: "I look." } }] },
      {
        choices: [{
          delta: {
            tool_calls: [{
              index: 0,
              id: "call_ab12cd34",
              type: "function",
              function: { name: "Bash", arguments: '{"command":"ls"}' },
            }],
          },
        }],
      },
      { choices: [{ delta: { content: "" }, finish_reason: "stop" }] },
    ),
  }];
  const { answer } = await through(ollama, { tools: [BASH] }, { script });
  assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "tool_use"]);
  assert.equal(answer.stop_reason, "tool_use");
  const { body } = await through(ollama, {
    messages: afterCall(answer.content, "call_ab12cd34"),
  });
  assert.equal((body.messages[1] as { reasoning?: string }).reasoning, "I look.");
  assert.equal("reasoning_content" in body.messages[1]!, false);
});

Deno.test("ollama: old servers give all calls index 0 and no id (Q73, Q80)", async () => {
  const call = (command: string) => ({
    index: 0,
    id: "",
    type: "function",
    function: { name: "Bash", arguments: JSON.stringify({ command }) },
  });
  const script = [{
    raw: frames(
      { choices: [{ delta: { tool_calls: [call("ls")] } }] },
      { choices: [{ delta: { tool_calls: [call("pwd")] } }] },
      { choices: [{ delta: {}, finish_reason: "stop" }] },
    ),
  }];
  const { answer } = await through(ollama, { tools: [BASH] }, { script });
  const inputs = answer.content.map((block) => block.type === "tool_use" ? block.input : undefined);
  assert.deepEqual(inputs, [{ command: "ls" }, { command: "pwd" }]);
});

for (
  const [model, effort, sent] of [
    ["gpt-oss:20b", "none", "low"],
    ["gpt-oss:20b", "max", "high"],
    ["qwen3", "none", "none"],
    ["qwen3", "high", undefined],
    ["llama3", "high", undefined],
  ] as const
) {
  Deno.test(`ollama: ${model} asked for effort ${effort} is told ${sent} (Q24, Q73)`, async () => {
    const { body } = await through(ollama, { model, ...thinking(effort) });
    assert.equal(body.reasoning_effort, sent);
  });
}

Deno.test("ollama: only inline JPEG, PNG and WebP are images to it (Q73, Q105)", async () => {
  const image = (source: unknown) => ({ type: "image", source });
  const content = [
    image({ type: "base64", media_type: "image/png", data: "AAAA" }),
    image({ type: "base64", media_type: "image/gif", data: "AAAA" }),
    image({ type: "url", url: "https://example.com/a.png" }),
  ];
  const { body } = await through(
    ollama,
    { messages: [{ role: "user", content }] },
  );
  const parts = body.messages[0]?.content as readonly { readonly type: string }[];
  assert.deepEqual(parts.map(({ type }) => type), ["image_url", "text", "text"]);
});

Deno.test("ollama: arguments are an object whatever the model once wrote (Q73)", async () => {
  const input = { __unparsedToolInput: { raw: "ls -" } };
  const call = { type: "tool_use", id: "call_00000001", name: "Bash", input };
  const { body } = await through(ollama, { messages: afterCall([call]) });
  const assistant = body.messages[1];
  assert.ok(assistant?.role === "assistant");
  const text = assistant.tool_calls?.[0]?.function.arguments ?? "";
  assert.equal(typeof JSON.parse(text), "object");
});

Deno.test("ollama: choices of tools are spared, the limit is max_tokens (Q73, Q89)", async () => {
  const { body } = await through(ollama, {
    model: "gpt-oss:20b",
    tools: [BASH],
    tool_choice: { type: "any", disable_parallel_tool_use: true },
  });
  assert.equal(body.max_tokens, 32_000);
  assert.deepEqual(["tool_choice", "parallel_tool_calls"].filter((field) => field in body), []);
});

Deno.test("ollama: a tool's result is one text, even with an image in it (Q73, Q101)", async () => {
  const result = {
    type: "tool_result",
    tool_use_id: "call_00000001",
    content: [
      { type: "text", text: "Seen" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
    ],
  };
  const messages = [
    { role: "user", content: "Look" },
    {
      role: "assistant",
      content: [{ type: "tool_use", id: "call_00000001", name: "Read", input: {} }],
    },
    { role: "user", content: [result] },
  ];
  const { body } = await through(ollama, { messages });
  assert.equal(typeof body.messages[2]?.content, "string");
  assert.equal(Array.isArray(body.messages[3]?.content), true);
});

Deno.test("ollama: a failure in the stream is an error of the provider (Q5, Q73)", async () => {
  const raw = ['data: {"error":{"message":"llama runner process has terminated"}}\n\n'];
  const { status, answer } = await through(ollama, {}, { script: [{ raw }] });
  assert.equal(status, 502);
  assert.match(answer.error.message, /llama runner process has terminated/);
});
