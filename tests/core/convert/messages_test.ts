/** The conversation in the provider's terms, rule by rule. */
import assert from "node:assert/strict";
import type { Anthropic, OpenAI } from "../../../core/contract.ts";
import { convertMessages } from "../../../core/convert/messages.ts";
import { encodeCallId, encodeSignature } from "../../../core/convert/state.ts";

type Block = Anthropic.ContentBlock;
type Turn = Anthropic.MessageParam;

function convert(turns: readonly Turn[], more: { vision?: boolean; provider?: string } = {}) {
  return convertMessages(turns, {
    provider: "test",
    tools: [],
    vision: true,
    files: false,
    documents: new Map(),
    ...more,
  });
}

/** Messages as `role: text`, calls as `!id`, results as `id=`. */
function sketch(messages: readonly OpenAI.Message[]): string[] {
  return messages.map((message) => {
    const text = typeof message.content === "string"
      ? message.content
      : message.content?.map((part) => part.type === "text" ? part.text : `<${part.type}>`).join(
        "|",
      ) ?? "";
    const calls = message.role === "assistant"
      ? (message.tool_calls ?? []).map(({ id }) => `!${id}`).join("")
      : "";
    return message.role === "tool"
      ? `${message.tool_call_id}=${text}`
      : `${message.role}: ${text}${calls}`;
  });
}

const user = (...content: readonly (Block | string)[]): Turn => ({
  role: "user",
  content: blocks(content),
});
const system = (text: string): Turn => ({ role: "system", content: text });
const assistant = (...content: readonly (Block | string)[]): Turn => ({
  role: "assistant",
  content: blocks(content),
});

function blocks(content: readonly (Block | string)[]): Block[] {
  return content.map((block) => typeof block === "string" ? { type: "text", text: block } : block);
}

const call = (id: string, input: Record<string, unknown> = {}): Block => ({
  type: "tool_use",
  id,
  name: "Bash",
  input,
});
const result = (
  tool_use_id: string,
  content: string | Block[] | null,
  is_error = false,
): Block => ({
  type: "tool_result",
  tool_use_id,
  content,
  is_error,
});
const IMAGE: Block = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: "AA" },
};

const RULES: readonly [string, readonly Turn[], readonly string[]][] = [
  ["texts of a turn are joined by blank lines", [user("one", "two")], ["user: one\n\ntwo"]],
  ["an image stands among the texts", [user("look", IMAGE)], ["user: look|<image_url>"]],
  ["a turn of nothing is left out", [user("Hi"), assistant(""), user("")], ["user: Hi"]],
  ["results come first, then what was said beside them", [
    assistant(call("a")),
    user("and", result("a", "done")),
  ], ["assistant: !a", "a=done", "user: and"]],
  ["results of several turns are gathered", [
    assistant(call("a"), call("b")),
    user(result("b", "2")),
    user(result("a", "1")),
  ], ["assistant: !a!b", "a=1", "b=2"]],
  ["a system turn between call and result waits", [
    assistant(call("a")),
    system("note"),
    user(result("a", "1")),
  ], ["assistant: !a", "a=1", "system: note"]],
  ["a call that was interrupted gets a result that says so", [
    assistant(call("a")),
    user("stop"),
    assistant("ok"),
  ], ["assistant: !a", "a=[No result: the call was interrupted]", "user: stop", "assistant: ok"]],
  ["of two results the first counts", [
    assistant(call("a")),
    user(result("a", "1"), result("a", "2")),
  ], ["assistant: !a", "a=1"]],
  ["a result without its call becomes text", [
    user(result("gone", "1")),
  ], ["user: [Result of an earlier tool call]\n\n1"]],
  ["an error says so", [assistant(call("a")), user(result("a", "no", true))], [
    "assistant: !a",
    "a=Error: no",
  ]],
  ["a result of nothing says so", [assistant(call("a")), user(result("a", null))], [
    "assistant: !a",
    "a=(no output)",
  ]],
  ["an image in a result follows after all results", [
    assistant(call("a"), call("b")),
    user(result("a", [IMAGE]), result("b", "2"), "and"),
  ], [
    "assistant: !a!b",
    "a=[The file follows in the next user message]",
    "b=2",
    "user: <image_url>|and",
  ]],
  ["two calls of one id are one", [assistant(call("a"), call("a")), user(result("a", "1"))], [
    "assistant: !a",
    "a=1",
  ]],
];

for (const [rule, turns, expected] of RULES) {
  Deno.test(`convertMessages(): ${rule}`, () => {
    assert.deepEqual(sketch(convert(turns)), expected);
  });
}

Deno.test("convertMessages(): a model without eyes gets a note for an image", () => {
  const [message] = convert([user(IMAGE)], { vision: false });
  assert.equal(message?.content, "[image omitted: this model reads text only]");
});

const OWN = encodeCallId({ provider: "test", id: "functions.Bash:0", carry: "sig" }, new Set());

Deno.test("convertMessages(): a provider gets its own id and what it asked to carry, another one gets neither", () => {
  const turns = [assistant(call(OWN)), user(result(OWN, "1"))];
  const [own, answer] = convert(turns);
  assert.ok(own?.role === "assistant" && answer?.role === "tool");
  assert.deepEqual([own.tool_calls?.[0]?.id, own.tool_calls?.[0]?.carry], [
    "functions.Bash:0",
    "sig",
  ]);
  assert.equal(answer.tool_call_id, "functions.Bash:0");
  const [other] = convert(turns, { provider: "other" });
  assert.ok(other?.role === "assistant");
  assert.match(other.tool_calls?.[0]?.id ?? "", /^call_[0-9a-f]{24}$/);
  assert.equal(other.tool_calls?.[0]?.carry, undefined);
});

Deno.test("convertMessages(): two calls that the provider gave one id keep their results apart", () => {
  const second = encodeCallId({ provider: "test", id: "functions.Bash:0" }, new Set());
  const sent = convert([
    assistant(call(OWN), call(second)),
    user(result(OWN, "1"), result(second, "2")),
  ]);
  assert.deepEqual(sent.slice(1).map(({ content }) => content), ["1", "2"]);
  assert.equal(
    new Set(sent.map((message) => message.role === "tool" && message.tool_call_id)).size,
    3,
  );
});

Deno.test("convertMessages(): thinking goes back to the provider it came from, and to no other", () => {
  const thinking = (signature: string): Block => ({ type: "thinking", thinking: "Hm.", signature });
  const reasoningOf = (signature: string) => {
    const [message] = convert([assistant(thinking(signature), "Yes")]);
    return message?.role === "assistant" ? message.reasoning_content : undefined;
  };
  assert.equal(reasoningOf(encodeSignature({ provider: "test" })), "Hm.");
  for (const foreign of [encodeSignature({ provider: "other" }), "EqoBCkYI", ""]) {
    assert.equal(reasoningOf(foreign), undefined);
  }
});

Deno.test("convertMessages(): thinking that was hidden from the client comes back from its signature", () => {
  const signature = encodeSignature({ provider: "test", text: "Hm.", carry: [{ a: 1 }] });
  const [message] = convert([assistant({ type: "thinking", thinking: "", signature }, "Yes")]);
  assert.ok(message?.role === "assistant");
  assert.deepEqual([message.reasoning_content, message.carry], ["Hm.", [{ a: 1 }]]);
});
