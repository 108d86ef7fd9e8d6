import assert from "node:assert/strict";
import { mock } from "node:test";
import type { Config, SearchScope } from "../../../core/mod.ts";
import { findSearch, SearchFailure } from "../../../plugins/search/mod.ts";
import { type EngineServer, startEngine } from "../support/engine.ts";

const anywhere: SearchScope = { maxUses: 8, allowedDomains: [], blockedDomains: [] };
const page = { url: "https://a.example/1", title: "A &amp; <strong>B</strong>" };

Deno.test("SearXNG is asked at the address that is set, for JSON", async () => {
  for (const suffix of ["", "/", "/search", "/search/"]) {
    await using engine = startEngine(() =>
      Response.json({ results: [{ ...page, content: "About  A", publishedDate: "2026-01-02" }] })
    );
    const found = await run({ url: `${engine.url}${suffix}?language=en`, key: undefined }, engine);
    assert.deepEqual(found, [
      { url: page.url, title: "A & B", text: "About A", date: "2026-01-02" },
    ]);
    const { url } = engine.received[0]!;
    assert.equal(url.pathname, "/search");
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      language: "en",
      q: "deno",
      format: "json",
    });
  }
});

Deno.test("a user in SearXNG's address and a key become its authorization", async () => {
  await using engine = startEngine(() => Response.json({ results: [] }));
  await run({ url: engine.url.replace("://", "://me:p%40ss@"), key: undefined }, engine);
  await run({ url: engine.url, key: "secret-1" }, engine);
  const [user, key] = engine.received.map(({ headers }) => headers.get("authorization"));
  assert.equal(user, `Basic ${btoa("me:p@ss")}`);
  assert.equal(key, "Bearer secret-1");
});

const braves: Config["search"][] = [
  { url: undefined, key: "BSA-1" },
  { url: "https://api.search.brave.com", key: "BSA-1" },
  { url: "https://api.search.brave.com/res/v1/web/search", key: "BSA-1" },
];

for (const setting of braves) {
  Deno.test(`Brave is known by ${setting.url ?? "a key alone"}`, async () => {
    await using engine = startEngine(() =>
      Response.json({ web: { results: [{ ...page, description: "About <b>A</b>" }] } })
    );
    const found = await run(setting, engine);
    assert.deepEqual(found, [{ url: page.url, title: "A & B", text: "About A", date: null }]);
    const { url, headers, query } = engine.received[0]!;
    assert.equal(`${url.origin}${url.pathname}`, "https://api.search.brave.com/res/v1/web/search");
    assert.equal(headers.get("x-subscription-token"), "BSA-1");
    assert.equal(query, "deno");
  });
}

const tavilies: Config["search"][] = [
  { url: undefined, key: "tvly-1" },
  { url: "https://api.tavily.com", key: "tvly-1" },
  { url: "https://api.tavily.com/search", key: "tvly-1" },
];

for (const setting of tavilies) {
  Deno.test(`Tavily is known by ${setting.url ?? "the look of its key"}`, async () => {
    await using engine = startEngine(() =>
      Response.json({ results: [{ ...page, content: "About A" }] })
    );
    const found = await run(setting, engine, {
      ...anywhere,
      allowedDomains: ["a.example/1"],
      blockedDomains: ["b.example", "a.example/2"],
    });
    assert.equal(found[0]?.text, "About A");
    const { url, method, headers, body } = engine.received[0]!;
    assert.equal(url.href, "https://api.tavily.com/search");
    assert.equal(method, "POST");
    assert.equal(headers.get("authorization"), "Bearer tvly-1");
    assert.deepEqual(JSON.parse(body), {
      query: "deno",
      max_results: 10,
      include_domains: ["a.example"],
      exclude_domains: ["b.example"],
    });
  });
}

const failures: readonly [string, () => Response, RegExp][] = [
  ["a refused key", () => new Response("secret-1?", { status: 401 }), /HTTP 401. Check SEARCH_KEY/],
  ["a forbidden format", () => new Response("", { status: 403 }), /format json/],
  ["a wrong path", () => new Response("", { status: 404 }), /Check SEARCH_URL/],
  ["too many requests", () => new Response("", { status: 429 }), /asked too often/],
  ["an outage", () => new Response("", { status: 500 }), /HTTP 500. Try again later/],
  ["a page", () => new Response("<html>"), /did not answer with JSON. Allow the format json/],
  [
    "a move",
    () => new Response(null, { status: 301, headers: { location: "https://b.example" } }),
    /HTTP 301. Set SEARCH_URL to where it moved/,
  ],
];

for (const [what, respond, sentence] of failures) {
  Deno.test(`${what} is told in a sentence without address and key`, async () => {
    await using engine = startEngine(respond);
    await assert.rejects(run({ url: engine.url, key: "secret-1" }, engine), (thrown) => {
      assert.ok(thrown instanceof SearchFailure);
      assert.match(thrown.message, sentence);
      assert.doesNotMatch(thrown.message, /secret-1|127\.0\.0\.1/);
      return true;
    });
  });
}

Deno.test("an engine that is not there is told without its address", async () => {
  const engine = startEngine(() => new Response(""));
  await engine[Symbol.asyncDispose]();
  await assert.rejects(run({ url: engine.url, key: "secret-1" }, engine), {
    name: "SearchFailure",
    message: "The search engine (SearXNG) cannot be reached. Check SEARCH_URL.",
  });
});

Deno.test("an engine that does not answer is given up after 15 s", async () => {
  const { promise: asked, resolve: wasAsked } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using engine = startEngine(async () => {
    wasAsked();
    await released;
    return new Response("");
  });
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const searching = run({ url: engine.url, key: undefined }, engine);
    await asked;
    mock.timers.tick(15_000);
    await assert.rejects(searching, {
      message: "The search engine (SearXNG) did not answer within 15 s.",
    });
  } finally {
    release();
    mock.timers.reset();
  }
});

const odd: readonly [string, unknown][] = [
  ["null", null],
  ["a list", []],
  ["no results", {}],
  ["results that are no list", { results: "none" }],
  ["results of other shapes", { results: [null, 7, {}, { url: 5 }, { url: "ftp://a.example" }] }],
];

for (const [what, said] of odd) {
  Deno.test(`an engine's ${what} means that nothing was found`, async () => {
    await using engine = startEngine(() => Response.json(said));
    assert.deepEqual(await run({ url: engine.url, key: undefined }, engine), []);
  });
}

Deno.test("each page is shown once, and ten at most", async () => {
  const results = Array.from({ length: 30 }, (_, number) => ({
    url: `https://a.example/${Math.floor(number / 2)}`,
    title: "",
  }));
  await using engine = startEngine(() => Response.json({ results }));
  const found = await run({ url: engine.url, key: undefined }, engine);
  assert.equal(found.length, 10);
  assert.equal(new Set(found.map(({ url }) => url)).size, 10);
  assert.equal(found[0]?.title, found[0]?.url);
});

Deno.test("findSearch() finds none where nothing is set", () => {
  assert.equal(findSearch({ url: undefined, key: undefined }, fetch), undefined);
});

/** Loopback addresses are asked directly, others through the engine's fetch. */
function run(setting: Config["search"], engine: EngineServer, scope = anywhere) {
  const search = findSearch(setting, setting.url?.includes("127.0.0.1") ? fetch : engine.fetch);
  return search!({ query: "deno", scope }, new AbortController().signal);
}
