/** What every provider is spared (quirks D and E), whatever the history holds. */
import assert from "node:assert/strict";
import type { OpenAI } from "../core/mod.ts";
import { generic } from "../providers/generic.ts";
import { BASH, through } from "./support/through.ts";

const use = (id: string) => ({ type: "tool_use", id, name: "Bash", input: { command: "ls" } });
const result = (id: string, content: unknown = "done") => ({
  type: "tool_result",
  tool_use_id: id,
  content,
});
const ONE = "toolu_0000000001";
const TWO = "toolu_0000000002";

async function sent(
  messages: readonly unknown[],
  request: Readonly<Record<string, unknown>> = {},
): Promise<readonly OpenAI.Message[]> {
  const { body, status, answer } = await through(generic, { tools: [BASH], messages, ...request });
  assert.equal(status, 200, JSON.stringify(answer));
  return body.messages;
}

function rolesOf(messages: readonly OpenAI.Message[]): string[] {
  return messages.map(({ role }) => role);
}

Deno.test("results follow their calls at once, and text comes after them (Q100)", async () => {
  const messages = await sent([
    { role: "user", content: "Go." },
    { role: "assistant", content: [use(ONE), use(TWO)] },
    { role: "user", content: [{ type: "text", text: "By the way" }, result(ONE), result(TWO)] },
  ]);
  assert.deepEqual(rolesOf(messages), ["user", "assistant", "tool", "tool", "user"]);
});

Deno.test("a call without its result gets one, and a result without its call is text (Q100)", async () => {
  const messages = await sent([
    { role: "user", content: "Go." },
    { role: "assistant", content: [use(ONE)] },
    { role: "user", content: [result(TWO, "lost")] },
  ]);
  assert.deepEqual(rolesOf(messages), ["user", "assistant", "tool", "user"]);
  assert.match(String(messages[2]?.content), /interrupted/);
  assert.match(String(messages[3]?.content), /lost/);
});

for (
  const [title, content, wanted] of [
    ["empty", "", "(no output)"],
    ["in blocks", [{ type: "text", text: "a" }, { type: "text", text: "b" }], "a\n\nb"],
  ] as const
) {
  Deno.test(`a result that is ${title} is a text (Q101)`, async () => {
    const messages = await sent([
      { role: "user", content: "Go." },
      { role: "assistant", content: [use(ONE)] },
      { role: "user", content: [result(ONE, content)] },
    ]);
    assert.equal(messages[2]?.content, wanted);
  });
}

Deno.test("a turn of the model that says nothing is left out (Q102)", async () => {
  const messages = await sent([
    { role: "user", content: "Go." },
    { role: "assistant", content: [{ type: "thinking", thinking: "Hm", signature: "theirs" }] },
    { role: "user", content: "Go on." },
  ]);
  assert.deepEqual(rolesOf(messages).filter((role) => role === "assistant"), []);
});

Deno.test("the client's attribution is no part of the system prompt (Q104)", async () => {
  const system = [
    { type: "text", text: "x-anthropic-billing-header: cc_version=2" },
    { type: "text", text: "Be brief." },
    { type: "text", text: "Be kind." },
  ];
  const [first] = await sent([{ role: "user", content: "Go." }], { system });
  assert.deepEqual(first, { role: "system", content: "Be brief.\n\nBe kind." });
});

Deno.test("the client's own fields are not passed on (Q106)", async () => {
  const { body } = await through(generic, {
    metadata: { user_id: "u" },
    top_k: 5,
    context_management: { edits: [] },
    service_tier: "auto",
    betas: ["a"],
    unknown: true,
  });
  assert.deepEqual(Object.keys(body).sort(), ["max_tokens", "messages", "model"]);
});

Deno.test("half characters and control characters do not reach the provider (Q108)", async () => {
  const [message] = await sent([{ role: "user", content: "a\ud800b\u0000c\nd" }]);
  assert.equal(message?.content, "a\ufffdb\ufffdc\nd");
});

Deno.test("a choice of tools without tools is not sent (Q89)", async () => {
  const { body } = await through(generic, { tools: [], tool_choice: { type: "any" } });
  assert.ok(!("tools" in body) && !("tool_choice" in body));
});

const OVERFLOWS = [
  "prompt is too long: 213462 tokens > 200000 maximum",
  "Input is too long for requested model.",
  "Your input exceeds the context window of this model",
  "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575)",
  "This model's maximum prompt length is 131072 but the request contains 537812 tokens",
  "Please reduce the length of the messages or completion",
  "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens",
  "prompt token count of 90000 exceeds the limit of 64000",
  "request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it",
  "The number of tokens to keep from the initial prompt is greater than the context length",
  "invalid params, context window exceeds limit (2013)",
  "Your request exceeded model token limit: 262144 (requested: 300000)",
  "Prompt contains 300000 tokens, too large for model with 262144 maximum context length",
  "Range of input length should be [1, 129024]",
  "Input too long: 300000 input tokens, limit is 200000",
];

for (const message of OVERFLOWS) {
  Deno.test(`"${message.slice(0, 60)}" makes the client compact (Q113)`, async () => {
    const script = [{ error: { status: 400, body: { error: { message } } } }];
    const { status, answer } = await through(generic, {}, { script });
    assert.equal(status, 400);
    assert.match(answer.error.message, /^prompt is too long/);
  });
}

for (
  const [status, message, becomes] of [
    [401, "No", 401],
    [402, "No", 402],
    [408, "No", 504],
    [413, "No", 413],
    [429, "Slow down", 429],
    [429, "You exceeded your current quota", 402],
    [500, "No", 502],
    [502, "No", 502],
    [503, "No", 529],
    [504, "No", 504],
    [524, "No", 529],
    [529, "No", 529],
  ] as const
) {
  Deno.test(`HTTP ${status} "${message}" becomes ${becomes} (Q115)`, async () => {
    const script = [{ error: { status, body: { error: { message } } } }];
    assert.equal((await through(generic, {}, { script })).status, becomes);
  });
}

for (
  const body of [
    { error: { message: "Broken" } },
    { error: "Broken" },
    [{ error: { message: "Broken" } }],
    { message: "Broken" },
    { detail: "Broken" },
    { detail: [{ loc: ["body"], msg: "Broken" }] },
    { object: "error", message: "Broken" },
    { code: "x", message: "Broken" },
    { error: { message: 'upstream said {"error":{"message":"Broken"}}' } },
    "<html><title>Broken</title></html>",
  ]
) {
  Deno.test(`the reason is read from ${JSON.stringify(body)} (Q114)`, async () => {
    const { answer } = await through(generic, {}, { script: [{ error: { status: 500, body } }] });
    assert.match(answer.error.message, /Broken/);
  });
}
