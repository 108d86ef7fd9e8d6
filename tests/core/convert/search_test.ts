import assert from "node:assert/strict";
import { citationsOf, searchScope } from "../../../core/convert/search.ts";

Deno.test("citationsOf() reads pages in every shape that providers use (Q18)", () => {
  const page = { url: "https://a.example/1", title: "One" };
  const shapes: readonly [string, Record<string, unknown>, string | null][] = [
    [
      "OpenRouter, OpenAI",
      delta({ annotations: [{ type: "url_citation", url_citation: page }] }),
      "One",
    ],
    ["flat annotations", delta({ annotations: [{ type: "url_citation", ...page }] }), "One"],
    ["bare addresses", { citations: [page.url] }, null],
    ["search results", { search_results: [{ ...page, date: "2026-01-01" }] }, "One"],
    ["links", { web_search: [{ link: page.url, title: "One", content: "text" }] }, "One"],
  ];
  for (const [shape, chunk, title] of shapes) {
    const found = citationsOf({ choices: [], ...chunk });
    assert.deepEqual(found.map((one) => [one.url, one.title]), [[page.url, title]], shape);
  }
});

Deno.test("citationsOf() takes the titled entry of a page first, and no address that is not of the web", () => {
  const found = citationsOf({
    choices: [],
    citations: ["https://a.example", "javascript:alert(1)", 7, null],
    search_results: [{ url: "https://a.example", title: "A" }],
  });
  assert.deepEqual(found.map(({ title }) => title), ["A", null]);
});

Deno.test("searchScope() is there only for a web search", () => {
  const request = { model: "m", max_tokens: 1, messages: [] };
  assert.equal(searchScope(request), undefined);
  assert.equal(
    searchScope({ ...request, tools: [{ name: "web_search", type: "custom" }] }),
    undefined,
  );
  const tool = {
    type: "web_search_20260318",
    name: "web_search",
    max_uses: 3,
    blocked_domains: ["b"],
  };
  assert.deepEqual(searchScope({ ...request, tools: [tool] }), {
    maxUses: 3,
    allowedDomains: [],
    blockedDomains: ["b"],
  });
});

function delta(fields: Record<string, unknown>) {
  return { choices: [{ delta: fields }] };
}
