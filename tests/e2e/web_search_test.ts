import assert from "node:assert/strict";
import type { Answer } from "../support/scripted_upstream.ts";
import { added, bodies, texts, toolNames } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

const QUERY = "deno proxy news";

/** What the main model does: it loads the tool, then uses it. */
const SEARCHING: readonly Answer[] = [
  {
    calls: [{
      id: "call_search",
      name: "ToolSearch",
      input: { query: "select:WebSearch", max_results: 5 },
    }],
  },
  { calls: [{ id: "call_the_web", name: "WebSearch", input: { query: QUERY } }] },
];

clientTest("a web search is answered with what the engine finds, summed up by the model", {
  engine: (query) =>
    query === QUERY
      ? [{
        url: "https://example.org/deno",
        title: "Deno in the news",
        content: "Proxies are written in Deno now.",
      }]
      : [],
  script: [
    ...SEARCHING,
    { text: "Proxies are now written in Deno (example.org)." },
    { text: "I have read it." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("What is new about Deno proxies?");
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.result, "I have read it.");
  const [, asked, summary, after] = bodies(stage.upstream.received);
  assert.ok(toolNames(asked!).includes("WebSearch"));
  assert.match(texts(summary!, "user").join(), /Proxies are written in Deno now\./);
  assert.equal(summary?.tools, undefined);
  const [, result] = added(asked, after);
  assert.equal(result?.tool_call_id, "call_the_web");
  assert.match(String(result.content), /Web search results for query: "deno proxy news"/);
  assert.match(String(result.content), /"title":"Deno in the news"/);
  assert.match(String(result.content), /"url":"https:\/\/example\.org\/deno"/);
  assert.match(String(result.content), /Proxies are now written in Deno \(example\.org\)\./);
});

clientTest("a web search without an engine says what to set, and the turn goes on", {
  script: [...SEARCHING, { text: "I could not search." }],
}, async (stage) => {
  const outcome = await stage.ask("What is new about Deno proxies?");
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.result, "I could not search.");
  const [, asked, after] = bodies(stage.upstream.received);
  const [, result] = added(asked, after);
  assert.equal(result?.tool_call_id, "call_the_web");
  assert.match(String(result.content), /SEARCH_URL/);
});

clientTest("a web search goes to the provider that searches by itself", {
  settings: { PROVIDER: "openrouter" },
  script: [
    ...SEARCHING,
    {
      text: "OpenRouter found it.",
      annotations: [{
        type: "url_citation",
        url_citation: { url: "https://example.org/router", title: "Found by the provider" },
      }],
    },
    { text: "I have read it." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("What is new about Deno proxies?");
  assert.equal(outcome.result, "I have read it.");
  const [, asked, , after] = bodies(stage.upstream.received);
  const [, result] = added(asked, after);
  assert.match(String(result?.content), /"url":"https:\/\/example\.org\/router"/);
  assert.match(String(result?.content), /OpenRouter found it\./);
});
