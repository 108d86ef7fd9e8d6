import assert from "node:assert/strict";
import { parseConfig } from "../../core/config.ts";

Deno.test("parseConfig() reads several client keys, with and without names", () => {
  assert.deepEqual(parseConfig({ ANTHROPIC_API_KEY: "alice:abc, def" }).clientKeys, [
    { name: "alice", key: "abc" },
    { name: "key2", key: "def" },
  ]);
  assert.deepEqual(parseConfig({}).clientKeys, []);
});

Deno.test("parseConfig() takes the first of a list as the model and the rest for when it fails", () => {
  const { models, fallbacks } = parseConfig({
    BIG_MODEL: "kimi-k2,glm-4.7",
    SMALL_MODEL: "mini",
    FALLBACK_MODELS: "rescue,mini",
  });
  assert.deepEqual(models, { big: "kimi-k2", middle: "kimi-k2", small: "mini" });
  assert.deepEqual(fallbacks("kimi-k2"), ["glm-4.7", "rescue", "mini"]);
  assert.deepEqual(fallbacks("mini"), ["rescue"]);
  assert.deepEqual(fallbacks("named-by-the-client"), ["rescue", "mini"]);
});

Deno.test("parseConfig() never repeats a key or a password in a complaint", () => {
  assert.throws(() => parseConfig({ ANTHROPIC_API_KEY: "s3cret-one,,s3cret-two" }), {
    message: "ANTHROPIC_API_KEY has nothing between two commas",
  });
  assert.throws(() => parseConfig({ OPENAI_BASE_URL: "htp://me:s3cret@host/v1?key=s3cret" }), {
    message:
      'OPENAI_BASE_URL must be a URL that begins with http:// or https://, but is "htp://host/v1"',
  });
});
