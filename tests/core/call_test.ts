import assert from "node:assert/strict";
import { fitWindow, makeBody, makeCall, type Route } from "../../core/call.ts";
import { omit, type OpenAI } from "../../core/mod.ts";
import { exchangeOf, QUESTION } from "../support/ask.ts";
import { linesOf } from "../support/records.ts";

const ROUTE: Route = {
  provider: "example",
  adapter: { baseUrl: "https://example.com", facts: () => ({ context: 1000 }) },
  baseUrl: "https://example.com",
  apiKey: "",
  env: {},
  readDocuments: () => Promise.resolve(new Map()),
};

const BODY = { model: "m", messages: [] };

const CASES: readonly [string, object, number, object][] = [
  ["lowers max_tokens to what the prompt leaves", { max_tokens: 900 }, 400, { max_tokens: 600 }],
  ["knows the limit's other name", { max_completion_tokens: 900 }, 400, {
    max_completion_tokens: 600,
  }],
  ["leaves what fits", { max_tokens: 500 }, 400, { max_tokens: 500 }],
  ["leaves a prompt that is too long to the provider's refusal", { max_tokens: 9 }, 1001, {
    max_tokens: 9,
  }],
];

for (const [sentence, limit, prompt, expected] of CASES) {
  Deno.test(`fitWindow() ${sentence}`, () => {
    assert.deepEqual(fitWindow({ ...BODY, ...limit }, prompt, "m", ROUTE), {
      ...BODY,
      ...expected,
    });
  });
}

Deno.test("makeBody() sends images, and of a PDF its text, to a model of which nothing is known", async () => {
  const source = { type: "base64" as const, data: "AAAA" };
  const content = [
    { type: "image" as const, source: { ...source, media_type: "image/png" } },
    { type: "document" as const, source: { ...source, media_type: "application/pdf" } },
  ];
  const request = { ...QUESTION, messages: [{ role: "user" as const, content }] };
  const readDocuments = () => Promise.resolve(new Map([["AAAA", "What it says."]]));
  const route = { ...ROUTE, adapter: { baseUrl: ROUTE.baseUrl }, readDocuments };
  const { messages } = await makeBody(makeCall(exchangeOf(request), route), route);
  assert.deepEqual(messages[0]?.content, [
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    { type: "text", text: "document:\nWhat it says." },
  ]);
});

Deno.test("makeBody() calls the search hook for a web search, and for nothing else", async () => {
  const search = (body: OpenAI.Request) => ({ ...body, searches: true });
  const route = { ...ROUTE, adapter: { ...ROUTE.adapter, search } };
  const tools = [{ type: "web_search_20250305", name: "web_search" }];
  const searches = [QUESTION, { ...QUESTION, tools }].map(async (request) =>
    (await makeBody(makeCall(exchangeOf(request), route), route))["searches"]
  );
  assert.deepEqual(await Promise.all(searches), [undefined, true]);
});

Deno.test("makeBody() warns of tools that the adapter leaves out, once for a model", async () => {
  const [first, ...others] = await linesOf(async () => {
    const adapter = {
      ...ROUTE.adapter,
      request: (body: OpenAI.Request) =>
        body.model === "toolless" ? omit(body, "tools") : { ...body, tools: body.tools!.slice(1) },
    };
    const route = { ...ROUTE, adapter };
    for (const model of ["toolless", "narrow-1", "narrow-1", "narrow-2"]) {
      const exchange = exchangeOf(QUESTION);
      const target = { ...exchange.target, model };
      await makeBody(makeCall({ ...exchange, target }, route), route);
    }
  });
  assert.match(
    first ?? "",
    /^narrow-1 gets the first 2 of the client's 3 tools, .* example takes/,
  );
  assert.equal(others.length, 1);
});
