/** Section 5 of the gateway protocol: streams, thinking, usage. */
import assert from "node:assert/strict";
import { decodeSignature } from "../../core/convert/state.ts";
import type { Event } from "../../core/protocol/anthropic.ts";
import { setStage } from "./stage.ts";

const CALLS = [
  { id: "call_abcdefgh1", name: "Bash", input: { command: "echo a" } },
  { id: "call_abcdefgh2", name: "Bash", input: { command: "exit 3" } },
];

Deno.test("5.1: thinking, text and calls come in the canonical sequence", async () => {
  await using stage = setStage(() => ({ reasoning: "I should", text: "ok", calls: CALLS }));
  const events = await stage.stream({ thinking: { type: "adaptive" } });
  const shape = events.map((event) =>
    event.type === "content_block_start"
      ? `start ${event.index} ${event.content_block.type}`
      : event.type === "content_block_delta"
      ? `delta ${event.index} ${event.delta.type}`
      : event.type === "content_block_stop"
      ? `stop ${event.index}`
      : event.type
  ).filter((line, position, all) => line !== all[position - 1]);
  assert.deepEqual(shape, [
    "message_start",
    "start 0 thinking",
    "delta 0 thinking_delta",
    "delta 0 signature_delta",
    "stop 0",
    "start 1 text",
    "delta 1 text_delta",
    "stop 1",
    "start 2 tool_use",
    "delta 2 input_json_delta",
    "stop 2",
    "start 3 tool_use",
    "delta 3 input_json_delta",
    "stop 3",
    "message_delta",
    "message_stop",
  ]);
});

Deno.test("5.1: every event has its event: line, because the client reads no other", async () => {
  await using stage = setStage(() => ({ text: "hi" }));
  const response = await stage.ask({
    model: "claude-opus-5-5",
    max_tokens: 9,
    stream: true,
    messages: [{ role: "user", content: "hi" }],
  });
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  for (const frame of (await response.text()).trim().split("\n\n")) {
    const [event, data] = frame.split("\n");
    assert.equal(event, `event: ${JSON.parse(data?.slice("data: ".length) ?? "").type}`);
  }
});

Deno.test("5.1: the answer names the model that the client asked for", async () => {
  await using stage = setStage(() => ({ text: "hi" }), { MIDDLE_MODEL: "glm-5" });
  const [start] = await stage.stream({ model: "claude-sonnet-5-5[1m]" });
  assert.equal(start?.type === "message_start" && start.message.model, "claude-sonnet-5-5[1m]");
  assert.equal(stage.received[0]?.model, "glm-5");
});

Deno.test("5.2: display omitted sends the thinking in the signature, and it comes back upstream", async () => {
  const script = () => ({ reasoning: "secret plan", text: "ok", calls: CALLS.slice(0, 1) });
  await using stage = setStage(script);
  const thinking = { type: "adaptive", display: "omitted" };
  const message = await stage.whole({ thinking });
  const [block] = message.content;
  assert.ok(block?.type === "thinking");
  assert.equal(block.thinking, "");
  assert.equal(decodeSignature(block.signature)?.text, "secret plan");
  const id = CALLS[0]?.id ?? "";
  await stage.whole({
    thinking,
    messages: [
      { role: "user", content: "go" },
      { role: "assistant", content: message.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "a" }] },
    ],
  });
  assert.equal(stage.received[1]?.messages[1]?.reasoning_content, "secret plan");
});

Deno.test("5.2: display omitted still tells how much is thought, for the client's spinner", async () => {
  await using stage = setStage(() => ({
    reasoning: "a secret plan of 32 characters..",
    text: "ok",
  }));
  const events = await stage.stream({ thinking: { type: "adaptive", display: "omitted" } });
  const tokens = events.flatMap((event) =>
    event.type === "content_block_delta" && event.delta.type === "thinking_delta"
      ? [event.delta.estimated_tokens ?? 0]
      : []
  );
  assert.ok(tokens.reduce((sum, count) => sum + count, 0) >= 8);
});

Deno.test("5.3: cached tokens are split out of the input", async () => {
  const usage = {
    prompt_tokens: 240_403,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 229_504 },
  };
  await using stage = setStage(() => ({ text: "hi", usage }));
  const end = (await stage.stream({})).find((event) => event.type === "message_delta") as
    & Event
    & { type: "message_delta" };
  assert.deepEqual(end.usage, {
    input_tokens: 10_899,
    output_tokens: 7,
    cache_read_input_tokens: 229_504,
    cache_creation_input_tokens: 0,
  });
});

Deno.test("5.2: a stop reason never promises a tool call that is not there, or hides one that is", async () => {
  await using stage = setStage([
    { text: "no call", finish: "tool_calls" },
    { calls: CALLS, finish: "stop" },
  ]);
  assert.equal((await stage.whole({})).stop_reason, "end_turn");
  assert.equal((await stage.whole({})).stop_reason, "tool_use");
});

Deno.test("5.2: what came before a provider's filter is kept, and ends as a turn does", async () => {
  await using stage = setStage(() => ({ text: "Half", finish: "content_filter" }));
  const message = await stage.whole({});
  assert.deepEqual([message.content, message.stop_reason], [
    [{ type: "text", text: "Half" }],
    "end_turn",
  ]);
});
