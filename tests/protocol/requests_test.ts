/** Section 2 of the gateway protocol: what the client asks, and what the provider must get to see of it. */
import assert from "node:assert/strict";
import type { MessageParam, Request } from "../../core/protocol/anthropic.ts";
import { captured } from "../support/captured.ts";
import type { ChatBody } from "../support/scripted_upstream.ts";
import { setStage } from "./stage.ts";

const ANSWER = { text: "ok" };

async function received(request: Partial<Request>, settings = {}): Promise<ChatBody> {
  await using stage = setStage(() => ANSWER, settings);
  const message = await stage.whole({ ...request, stream: false });
  assert.equal(message.type, "message", JSON.stringify(message));
  const [body] = stage.received;
  assert.ok(body);
  return body;
}

function names({ tools = [] }: ChatBody): string[] {
  return tools.map((tool) => tool.function.name);
}

const NUMBERS = ["01", "02", "03", "04", "05", "06", "07", "09", "11", "12", "13", "14", "17"];

for (const number of NUMBERS) {
  Deno.test(`2.1: nothing of Anthropic's own reaches the provider with captured request ${number}`, async () => {
    const body = await received(captured(number));
    const known = [
      "model",
      "messages",
      "max_tokens",
      "tools",
      "tool_choice",
      "stop",
      "response_format",
    ];
    assert.deepEqual(Object.keys(body).filter((field) => !known.includes(field)), []);
    assert.doesNotMatch(
      JSON.stringify(body),
      /x-anthropic-billing-header|cache_control|defer_loading/,
    );
  });
}

Deno.test("2.3: a system of several blocks becomes one system message", async () => {
  const { messages } = await received(captured("01"));
  assert.equal(messages[0]?.role, "system");
  assert.equal(messages.filter(({ role }) => role === "system").length, 1);
});

Deno.test("2.3: unknown fields, blocks, betas and tool types are dropped, never refused", async () => {
  const strange = {
    speed: "fast",
    container: {},
    mcp_servers: [],
    fallbacks: [1],
    messages: [{
      role: "user",
      content: [{ type: "hologram", data: 1 }, { type: "text", text: "hi" }],
    }],
    tools: [{ type: "advisor_20260301", name: "advisor" }],
  } as unknown as Partial<Request>;
  const body = await received(strange);
  assert.deepEqual(body.messages, [{ role: "user", content: "hi" }]);
  assert.equal(body.tools, undefined);
});

Deno.test("2.3: tool schemas lose what only Anthropic reads", async () => {
  const tools = [{
    name: "T",
    description: "d",
    strict: true,
    eager_input_streaming: true,
    input_schema: { $schema: "x", type: "object", properties: { a: { type: "string" } } },
  }];
  assert.deepEqual((await received({ tools })).tools, [{
    type: "function",
    function: {
      name: "T",
      description: "d",
      parameters: { type: "object", properties: { a: { type: "string" } } },
    },
  }] as unknown);
});

Deno.test("2.4: the placeholder and deferred tools stay hidden until a reference names them", async () => {
  const before = names(await received(captured("01")));
  assert.ok(!before.includes("DeferredToolPlaceholder") && !before.includes("WebFetch"));
  const after = names(await received(captured("02")));
  assert.deepEqual(after, [...before, "WebFetch", "NotebookEdit"]);
});

Deno.test("2.4: a tool reference becomes text that carries the schema", async () => {
  const { messages } = await received(captured("02"));
  const result = messages.find(({ role }) => role === "tool")?.content as string;
  assert.match(result, /<functions>\n<function>\{.*"name":"WebFetch".*"parameters"/);
});

Deno.test("2.5: tool_addition and tool_removal are replayed in order", async () => {
  const tools = [{ name: "A", input_schema: {} }, {
    name: "B",
    input_schema: {},
    defer_loading: true,
  }];
  const change = (type: "tool_addition" | "tool_removal", name: string): MessageParam => ({
    role: "system",
    content: [{ type, tool: { type: "tool_reference", name } }],
  });
  const hello: MessageParam = { role: "user", content: "hi" };
  const messages = [hello, change("tool_addition", "B"), change("tool_removal", "A")];
  assert.deepEqual(names(await received({ tools, messages })), ["B"]);
});

Deno.test("2.5: a system turn stays where it is, and never stands between a call and its result", async () => {
  const messages: MessageParam[] = [
    { role: "user", content: "list" },
    {
      role: "assistant",
      content: [{ type: "tool_use", id: "toolu_12345", name: "Bash", input: {} }],
    },
    { role: "system", content: "the date changed" },
    {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "toolu_12345", content: "a.txt" }],
    },
  ];
  const body = await received({ messages });
  assert.deepEqual(body.messages.map(({ role }) => role), ["user", "assistant", "tool", "user"]);
  assert.match(body.messages.at(-1)?.content as string, /^<system-reminder>\nthe date changed/);
});

Deno.test("2.7: the title request asks for JSON and has no tools", async () => {
  const body = await received(captured("11"));
  assert.equal(body.tools, undefined);
  assert.deepEqual((body["response_format"] as { type: string }).type, "json_schema");
});

Deno.test("2.7, 3.4: the classifier's answer is cut at its stop sequence where the provider ignores it", async () => {
  await using stage = setStage(() => ({ text: "\n<block>no</block> because" }));
  const message = await stage.whole(captured("13"));
  assert.deepEqual(stage.received[0]?.["stop"], ["</block>"]);
  assert.deepEqual(message.content, [{ type: "text", text: "<block>no" }]);
  assert.equal(message.stop_reason, "stop_sequence");
  assert.equal(message.stop_sequence, "</block>");
});

Deno.test("2.7: the probe of one token gets an answer, even without a text", async () => {
  await using stage = setStage(() => ({ finish: "length" }), { MIN_TOKENS_LIMIT: "1024" });
  const message = await stage.whole({ max_tokens: 1 });
  assert.equal(stage.received[0]?.["max_tokens"], 1);
  assert.equal(message.stop_reason, "max_tokens");
});

Deno.test("5.2: arguments that the client could not parse come back as their raw text", async () => {
  const raw = '{"command": "ls';
  const messages: MessageParam[] = [
    { role: "user", content: "list" },
    {
      role: "assistant",
      content: [{
        type: "tool_use",
        id: "toolu_12345",
        name: "Bash",
        input: { __unparsedToolInput: { raw, len: raw.length } },
      }],
    },
    {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "toolu_12345", content: "bad JSON" }],
    },
  ];
  const body = await received({ messages });
  assert.equal(body.messages[1]?.tool_calls?.[0]?.function.arguments, raw);
});

Deno.test("1.1: /context's burst of 50 counts is answered", async () => {
  await using stage = setStage([]);
  const bodies = [captured("15"), captured("16")];
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, position) => {
      const response = await stage.ask(bodies[position % 2], "/v1/messages/count_tokens?beta=true");
      return await response.json();
    }),
  );
  assert.ok(answers.every(({ input_tokens }) => input_tokens > 100));
  assert.equal(stage.received.length, 0);
});

Deno.test("1.3: an id from our model list leads to the model it names", async () => {
  await using stage = setStage(() => ANSWER, {
    BIG_MODEL: "kimi-k2",
    SMALL_MODEL: "claude-like-small",
  });
  const list =
    await (await stage.ask(undefined, "/v1/models?limit=1000", { method: "GET", body: null }))
      .json();
  for (const { id, display_name } of list.data) {
    assert.match(id, /claude|anthropic/);
    const message = await stage.whole({ model: id });
    assert.equal(stage.received.at(-1)?.model, display_name);
    assert.equal(message.model, id);
  }
});
