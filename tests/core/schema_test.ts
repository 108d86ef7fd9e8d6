import assert from "node:assert/strict";
import { parseCountRequest, parseRequest } from "../../core/schema.ts";

const HELLO = { model: "claude", max_tokens: 1, messages: [{ role: "user", content: "Hi" }] };

function withBlock(block: unknown) {
  return {
    ...HELLO,
    messages: [HELLO.messages[0], { role: "user", content: ["x", block].slice(1) }],
  };
}

const WRONG: readonly [string, unknown, RegExp][] = [
  ["no object", [], /object/],
  ["no model", { ...HELLO, model: undefined }, /^model: /],
  ["an empty model", { ...HELLO, model: "" }, /^model: /],
  ["no messages", { ...HELLO, messages: [] }, /^messages: /],
  ["no max_tokens", { ...HELLO, max_tokens: undefined }, /^max_tokens: /],
  ["max_tokens of 0", { ...HELLO, max_tokens: 0 }, /^max_tokens: /],
  [
    "an unknown role",
    { ...HELLO, messages: [{ role: "tool", content: "x" }] },
    /^messages\.0\.role: /,
  ],
  [
    "a content of numbers",
    { ...HELLO, messages: [{ role: "user", content: 5 }] },
    /^messages\.0\.content: /,
  ],
  ["a text block without text", withBlock({ type: "text" }), /^messages\.1\.content\.0\.text: /],
  [
    "an image without data",
    withBlock({ type: "image", source: { type: "base64", media_type: "image/png" } }),
    /^messages\.1\.content\.0\.source\.data: /,
  ],
  [
    "a fault inside a tool result",
    withBlock({ type: "tool_result", tool_use_id: "a", content: [{ type: "text" }] }),
    /^messages\.1\.content\.0\.content\.0\.text: /,
  ],
  ["a call without input", withBlock({ type: "tool_use", id: "a", name: "b" }), /\.input: /],
  ["a tool without a name", { ...HELLO, tools: [{ input_schema: {} }] }, /^tools\.0\.name: /],
];

for (const [what, body, fault] of WRONG) {
  Deno.test(`parseRequest() refuses ${what} and names its place`, () => {
    assert.throws(() => parseRequest(body), (error: { status: number; message: string }) => {
      assert.equal(error.status, 400);
      assert.match(error.message, fault);
      return true;
    });
  });
}

const LOOSE: readonly [string, unknown][] = [
  ["fields nobody knows", { ...HELLO, speed: "fast", fallbacks: [], betas: ["x"] }],
  ["a block nobody knows", withBlock({ type: "compaction", content: null })],
  ["a context_management that is none", { ...HELLO, context_management: { edits: "x" } }],
  ["an edit that is none", { ...HELLO, context_management: { edits: [null] } }],
  ["a user_id that is no text", { ...HELLO, metadata: { user_id: 5 } }],
  ["a server tool without a name", { ...HELLO, tools: [{ type: "mcp_toolset" }] }],
  ["a server tool without a schema", {
    ...HELLO,
    tools: [{ type: "web_search_20250305", name: "web_search" }],
  }],
  ["no tools", { ...HELLO, tools: [] }],
  ["null where nothing is said", {
    ...HELLO,
    tools: null,
    system: null,
    stop_sequences: null,
    tool_choice: null,
  }],
  ["a system turn", {
    ...HELLO,
    messages: [{ role: "system", content: [{ type: "text", text: "x" }] }],
  }],
  ["a thinking type nobody knows", { ...HELLO, thinking: { type: "between_tools" } }],
];

for (const [what, body] of LOOSE) {
  Deno.test(`parseRequest() takes ${what}`, () => {
    parseRequest(body);
  });
}

Deno.test("parseCountRequest() needs no max_tokens", () => {
  const { max_tokens: _, ...rest } = HELLO;
  assert.equal(parseCountRequest(rest).model, "claude");
});
