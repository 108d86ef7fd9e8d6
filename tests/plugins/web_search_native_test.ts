import assert from "node:assert/strict";
import type { ProviderAdapter } from "../../core/mod.ts";
import { captured } from "../support/captured.ts";
import { type Answer, startUpstream } from "../support/scripted_upstream.ts";
import { answer, post } from "./support/asking.ts";
import { startEngine } from "./support/engine.ts";
import { other, page, resultOf, textOf } from "./support/found.ts";

const search = captured("08");

Deno.test("a provider that searches is asked to, and its citations come back as results", async () => {
  const cited = [page, page, other].map(({ url, title }) => ({
    type: "url_citation",
    url_citation: { url, title },
  }));
  await using upstream = startUpstream([{
    raw: frames({ content: "It can." }, { annotations: cited }),
  }]);
  const message = await answer(search, { baseUrl: upstream.baseUrl, ...native });
  assert.deepEqual(message.content.map(({ type }) => type), [
    "server_tool_use",
    "web_search_tool_result",
    "text",
  ]);
  assert.deepEqual(resultOf(message).map(({ url }) => url), [page.url, other.url]);
  assert.deepEqual(message.content[2], { type: "text", text: "It can." });
  assert.deepEqual(upstream.received[0]?.body["plugins"], [{ id: "web", max: 8 }]);
});

Deno.test("a provider that names no pages answers with its text", async () => {
  await using upstream = startUpstream([{ text: "It can." }]);
  const message = await answer(search, { baseUrl: upstream.baseUrl, ...native });
  assert.deepEqual(message.content, [{ type: "text", text: "It can." }]);
  assert.deepEqual(message.usage.server_tool_use, { web_search_requests: 1 });
});

Deno.test("a search that the model calls gets its own arguments back", async () => {
  const call = { id: "call_search_1", name: "builtin_search", input: { q: "deno", key: 7 } };
  await using upstream = startUpstream([{ calls: [call] }, { text: "It can." }]);
  const message = await answer(search, { baseUrl: upstream.baseUrl, ...native });
  assert.equal(textOf(message), "It can.");
  const [assistant, tool] = upstream.received[1]!.body.messages.slice(-2);
  assert.equal(assistant?.tool_calls?.[0]?.function.arguments, JSON.stringify(call.input));
  assert.deepEqual(tool, {
    role: "tool",
    tool_call_id: call.id,
    content: JSON.stringify(call.input),
  });
});

Deno.test("Kimi's own search is called back by the name it has", async () => {
  const call = { id: "$web_search:0", name: "$web_search", input: { search_result: { id: 7 } } };
  await using upstream = startUpstream([{ calls: [call] }, { text: "It can." }]);
  const settings = { PROVIDER: "kimi", BIG_MODEL: "kimi-k2.6" };
  const message = await answer(search, { baseUrl: upstream.baseUrl, settings });
  assert.equal(textOf(message), "It can.");
  const { messages, tools } = upstream.received[1]!.body;
  const [assistant, tool] = messages.slice(-2);
  assert.equal(assistant?.tool_calls?.[0]?.function.name, "$web_search");
  assert.equal(tool?.tool_call_id, assistant?.tool_calls?.[0]?.id);
  assert.equal(tool?.content, JSON.stringify(call.input));
  assert.equal(tools?.[0]?.function.name, "$web_search");
});

Deno.test("a provider whose search fails leaves it to the engine, if there is one", async () => {
  await using engine = startEngine(() => Response.json({ results: [page] }));
  const broken: Answer = { error: { status: 400, body: { error: { message: "No such plugin" } } } };
  await using upstream = startUpstream([broken, { text: "By the engine." }, broken]);
  const setting = { baseUrl: upstream.baseUrl, ...native };
  const message = await answer(search, { ...setting, settings: { SEARCH_URL: engine.url } });
  assert.equal(textOf(message), "By the engine.");
  const response = await post(search, setting);
  assert.equal(response.status, 424);
  assert.match(await response.text(), /No such plugin/);
});

Deno.test("a model that cannot search is not asked to", async () => {
  const adapter: ProviderAdapter = { ...searching, facts: () => ({ search: false }) };
  await using upstream = startUpstream([]);
  const message = await answer(search, {
    baseUrl: upstream.baseUrl,
    providers: { generic: adapter },
  });
  assert.match(textOf(message), /SEARCH_URL/);
  assert.equal(upstream.received.length, 0);
});

const searching: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:1",
  search: (body, { search }) => ({ ...body, plugins: [{ id: "web", max: search?.maxUses }] }),
};

const native = { providers: { generic: searching } };

function frames(...deltas: Record<string, unknown>[]): string[] {
  const chunks = deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] }));
  const last = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  return [...[...chunks, last].map((chunk) => JSON.stringify(chunk)), "[DONE]"]
    .map((frame) => `data: ${frame}\n\n`);
}
