import assert from "node:assert/strict";
import { clientEnvironment, toExports } from "../../cli/client_environment.ts";

const CONTEXT = {
  url: "http://127.0.0.1:8082",
  token: "any",
  provider: "kimi",
  config: { models: { big: "k2", middle: "k1", small: "k0" }, maxTokens: 16000 },
};

Deno.test("clientEnvironment() names the models and the narrowest limits of the session's models", () => {
  const known: Record<string, object> = {
    k2: { context: 256_000, output: 32_000 },
    k1: { context: 128_000 },
    k0: { context: 8_000 },
  };
  const environment = clientEnvironment({ ...CONTEXT, facts: (model) => known[model] ?? {} });
  assert.equal(environment["ANTHROPIC_MODEL"], "anthropic/kimi/k2");
  assert.equal(environment["ANTHROPIC_DEFAULT_HAIKU_MODEL"], "anthropic/kimi/k0");
  assert.equal(environment["ANTHROPIC_DEFAULT_SONNET_MODEL_NAME"], "k1");
  assert.equal(environment["CLAUDE_CODE_MAX_CONTEXT_TOKENS"], "128000");
  assert.equal(environment["CLAUDE_CODE_MAX_OUTPUT_TOKENS"], "16000");
});

Deno.test("clientEnvironment() says nothing of limits that are not known", () => {
  const config = { ...CONTEXT.config, maxTokens: undefined };
  const environment = clientEnvironment({ ...CONTEXT, config, facts: () => ({}) });
  assert.ok(!("CLAUDE_CODE_MAX_CONTEXT_TOKENS" in environment));
  assert.ok(!("CLAUDE_CODE_MAX_OUTPUT_TOKENS" in environment));
});

Deno.test("toExports() quotes what a shell would read otherwise", () => {
  assert.equal(
    toExports({ A: "http://x:1/y", B: "it's <k>" }),
    "export A=http://x:1/y\nexport B='it'\\''s <k>'",
  );
});
