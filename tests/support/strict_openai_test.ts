import assert from "node:assert/strict";
import { checkStrict, type Dialect } from "./strict_openai.ts";

const USER = { role: "user", content: "Hello" };
const CALL = { id: "call_1", type: "function", function: { name: "Bash", arguments: "{}" } };
const ASSISTANT = { role: "assistant", content: null, tool_calls: [CALL] };
const RESULT = { role: "tool", tool_call_id: "call_1", content: "done" };
const SYSTEM = { role: "system", content: "Be brief" };
const TOOL = {
  type: "function",
  function: { name: "Bash", parameters: { type: "object", properties: {} } },
};

function body(messages: readonly unknown[], more: Record<string, unknown> = {}) {
  return { model: "model-1", messages, ...more };
}

Deno.test("checkStrict() takes a plain conversation", () => {
  checkStrict(body([SYSTEM, USER, ASSISTANT, RESULT, SYSTEM], { tools: [TOOL] }));
});

const REFUSED: readonly [string, unknown, RegExp, Dialect?][] = [
  ["an unknown field", body([USER], { metadata: {} }), /metadata/],
  ["an unknown field of a message", body([{ ...USER, cache_control: {} }]), /cache_control/],
  ["no messages", body([]), /messages/],
  ["an empty text", body([{ role: "user", content: "" }]), /messages.0/],
  ["empty parts", body([{ role: "user", content: [] }]), /messages.0/],
  ["an assistant that says nothing", body([{ role: "assistant", content: null }]), /says nothing/],
  ["a call without a result", body([USER, ASSISTANT]), /no results/],
  ["a turn between a call and its result", body([ASSISTANT, USER, RESULT]), /messages.1: user/],
  ["two results of one call", body([ASSISTANT, RESULT, RESULT]), /messages.2: answers no call/],
  ["a result without a call", body([USER, RESULT]), /messages.1: answers no call/],
  ["empty tools", body([USER], { tools: [] }), /tools/],
  ["a choice without tools", body([USER], { tool_choice: "auto" }), /need tools/],
  ["two tools of one name", body([USER], { tools: [TOOL, TOOL] }), /same name/],
  [
    "stream options without a stream",
    body([USER], { stream_options: { include_usage: true } }),
    /need stream/,
  ],
  [
    "a late system message, where only the first may be one",
    body([USER, SYSTEM]),
    /not the first/,
    { system: "first" },
  ],
];

for (const [what, given, fault, dialect] of REFUSED) {
  Deno.test(`checkStrict() refuses ${what}`, () => {
    assert.throws(() => checkStrict(given, dialect), fault);
  });
}
