import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { ConfigError, parseConfig } from "../../core/config.ts";
import { delta } from "../support/ask.ts";
import { messagesRequest } from "../support/post.ts";

const PROVIDERS = {
  openai: { baseUrl: "https://api.openai.com/v1" },
  acme: {
    baseUrl: "https://api.acme.test/v1",
    hosts: ["api.acme.test"],
    apiKeyEnv: "ACME_API_KEY",
  },
  wide: { baseUrl: "https://x.wide.test", hosts: [".wide.test"] },
  generic: { baseUrl: "http://127.0.0.1:8000/v1" },
};

function program(
  settings: Record<string, string>,
  answer: () => Response = () => Response.json({}),
) {
  return assemble(parseConfig(settings), {
    providers: PROVIDERS,
    plugins: [],
    version: "1.2.3",
    fetch: () => Promise.resolve(answer()),
  });
}

async function get(path: string, settings: Record<string, string>, answer?: () => Response) {
  const { serve } = program({ OPENAI_API_KEY: "sk-secret", ...settings }, answer);
  const response = await serve(new Request(`http://127.0.0.1${path}`), { address: "127.0.0.1" });
  return { status: response.status, page: await response.json() };
}

const CHOICES: readonly [string, Record<string, string>, string][] = [
  ["by name", { PROVIDER: "ACME", ACME_API_KEY: "k" }, "acme"],
  ["by the host of the base URL", {
    OPENAI_BASE_URL: "https://api.acme.test/v2",
    OPENAI_API_KEY: "k",
  }, "acme"],
  [
    "by the end of the host",
    { OPENAI_BASE_URL: "https://eu.wide.test/v1", OPENAI_API_KEY: "k" },
    "wide",
  ],
  ["by name before the host", {
    PROVIDER: "generic",
    OPENAI_BASE_URL: "https://api.acme.test/v1",
    OPENAI_API_KEY: "k",
  }, "generic"],
  ["for a host that nobody knows", { OPENAI_BASE_URL: "http://127.0.0.1:9/v1" }, "generic"],
  ["that is first in the list for no base URL at all", { OPENAI_API_KEY: "k" }, "openai"],
];

for (const [how, settings, provider] of CHOICES) {
  Deno.test(`assemble() selects the adapter ${how}`, () => {
    assert.equal(program(settings).provider, provider);
  });
}

const REFUSED: readonly [string, Record<string, string>, RegExp][] = [
  [
    "an adapter nobody knows",
    { PROVIDER: "acne" },
    /^PROVIDER must be one of openai, acme, wide, generic, but is "acne"/,
  ],
  [
    "a remote URL without a key",
    { OPENAI_BASE_URL: "https://api.acme.test/v1" },
    /OPENAI_API_KEY is not set, and api\.acme\.test wants a key/,
  ],
];

for (const [what, settings, sentence] of REFUSED) {
  Deno.test(`assemble() refuses ${what} in a sentence`, () => {
    assert.throws(() => program(settings), (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, sentence);
      return true;
    });
  });
}

Deno.test("GET / names the program, its version and its endpoints", async () => {
  const { page } = await get("/", {});
  assert.deepEqual([page.name, page.version, page.endpoints.messages], [
    "ccproxy",
    "1.2.3",
    "/v1/messages",
  ]);
});

Deno.test("GET /health has the fields that the first version's users read, and no secret", async () => {
  const { page } = await get("/health", {
    OPENAI_BASE_URL: "https://user:pass@api.acme.test/v1?key=s3",
  });
  assert.equal(page.status, "healthy");
  assert.ok(Date.parse(page.timestamp) > 0 && Number.isInteger(page.uptime));
  assert.deepEqual(page.models, {
    big_model: "gpt-4o",
    middle_model: "gpt-4o",
    small_model: "gpt-4o-mini",
  });
  assert.equal(page.api_status.openai_api_configured, true);
  assert.equal(page.api_status.openai_base_url, "https://api.acme.test/v1");
  assert.doesNotMatch(JSON.stringify(page), /sk-secret|pass|s3/);
});

Deno.test("GET /v1/models lists each model once, under ids that the client's picker keeps", async () => {
  const { page } = await get("/v1/models", {
    BIG_MODEL: "k3",
    MIDDLE_MODEL: "k3",
    SMALL_MODEL: "k3-mini",
  });
  assert.deepEqual(page.data.map(({ id }: { id: string }) => id), [
    "anthropic/openai/k3",
    "anthropic/openai/k3-mini",
  ]);
});

Deno.test("GET /test-connection says that the upstream answers, or why not and what to try", async () => {
  const good = await get(
    "/test-connection",
    {},
    () => Response.json({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] }),
  );
  assert.deepEqual([good.status, good.page.status], [200, "success"]);
  const bad = await get(
    "/test-connection",
    {},
    () => Response.json({ error: { message: "Incorrect API key sk-secret" } }, { status: 401 }),
  );
  assert.deepEqual([bad.status, bad.page.status], [503, "failed"]);
  assert.ok(bad.page.suggestions.length > 0);
  assert.doesNotMatch(JSON.stringify(bad.page), /sk-secret/);
});

Deno.test("the answer names the model that the client asked for, and a whole frame is understood", async () => {
  const { serve } = program(
    { OPENAI_API_KEY: "k" },
    () => Response.json(delta({ content: "Hi" }, "stop")),
  );
  const response = await serve(messagesRequest({ model: "claude-x" }), { address: "127.0.0.1" });
  assert.equal((await response.json()).model, "claude-x");
});
