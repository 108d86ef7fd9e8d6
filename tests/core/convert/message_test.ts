import assert from "node:assert/strict";
import type { Anthropic } from "../../../core/contract.ts";
import { collect, toEvents, toMessage } from "../../../core/convert/message.ts";
import { flowOf } from "../../../core/stream/flow.ts";
import { checkGrammar } from "../../support/grammar.ts";

const USAGE: Anthropic.Usage = {
  input_tokens: 10,
  output_tokens: 5,
  cache_read_input_tokens: 3,
  cache_creation_input_tokens: 0,
};

function message(content: readonly Anthropic.ContentBlock[]): Anthropic.Message {
  const calls = content.some(({ type }) => type === "tool_use");
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-opus",
    content,
    stop_reason: calls ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: USAGE,
  };
}

const CONTENTS: readonly (readonly [string, readonly Anthropic.ContentBlock[]])[] = [
  ["nothing", []],
  ["a text", [{ type: "text", text: "Hello" }]],
  ["thinking, a text and a call", [
    { type: "thinking", thinking: "Hm.", signature: "ccp1.x" },
    { type: "text", text: "Hello" },
    { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } },
  ]],
  ["a search", [
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } },
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
  ]],
];

for (const [what, content] of CONTENTS) {
  Deno.test(`the events of ${what} are that message again`, async () => {
    const events = toEvents(message(content));
    checkGrammar(events);
    assert.deepEqual(await collect(flowOf(events)), message(content));
  });
}

Deno.test("toMessage() keeps safeguard results, which stand in the last delta", () => {
  const given = { ...message([]), safeguard_results: [{ type: "dangerous_tool_use" }] };
  const events = toEvents(given);
  assert.ok(!JSON.stringify(events[0]).includes("safeguard"));
  assert.deepEqual(toMessage(events), given);
});

Deno.test("toMessage() throws the error that stands among the events", () => {
  const error = { type: "error" as const, error: { type: "overloaded_error", message: "Busy" } };
  const [start] = toEvents(message([]));
  assert.throws(() => toMessage([start!, error]), { type: "overloaded_error", message: "Busy" });
});

Deno.test("toMessage() takes no events for no answer", () => {
  assert.throws(() => toMessage([]), { status: 502 });
});
