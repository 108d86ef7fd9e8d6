import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../../core/config.ts";

Deno.test("parseConfig() has a default for everything", () => {
  const config = parseConfig({});
  assert.deepEqual(config.models, { big: "gpt-4o", middle: "gpt-4o", small: "gpt-4o-mini" });
  assert.deepEqual([config.host, config.port, config.logLevel], ["0.0.0.0", 8082, "INFO"]);
  assert.deepEqual([config.apiKey, config.baseUrl, config.clientKeys], ["", undefined, []]);
});

Deno.test("parseConfig() takes the big model for the middle one that is not set", () => {
  assert.equal(parseConfig({ BIG_MODEL: "k3" }).models.middle, "k3");
});

Deno.test("parseConfig() takes an empty value for one that is not set", () => {
  assert.equal(parseConfig({ PORT: "", BIG_MODEL: " ", OPENAI_BASE_URL: "" }).port, 8082);
});

Deno.test("parseConfig() takes a slash and the path that we add off the base URL", () => {
  const whole = ["http://x/v1//", "http://x/v1/chat/completions", "http://x/v1/chat/completions/"];
  for (const url of whole) {
    assert.equal(parseConfig({ OPENAI_BASE_URL: url }).baseUrl, "http://x/v1");
  }
  const azure = "https://me.openai.azure.com/openai/deployments/gpt";
  assert.equal(
    parseConfig({ OPENAI_BASE_URL: `${azure}/chat/completions?api-version=1` }).baseUrl,
    `${azure}?api-version=1`,
  );
});

const LEVELS: readonly [string, string][] = [
  ["debug", "DEBUG"],
  ["WARNING # less noise", "WARNING"],
  ["ERROR#x", "ERROR"],
];

for (const [given, level] of LEVELS) {
  Deno.test(`parseConfig() reads LOG_LEVEL=${given} as ${level}`, () => {
    assert.equal(parseConfig({ LOG_LEVEL: given }).logLevel, level);
  });
}

const HEADERS: readonly [string, string][] = [
  ["CUSTOM_HEADER_X_API_KEY", "X-Api-Key"],
  ["CUSTOM_HEADER_AUTHORIZATION", "Authorization"],
  ["CUSTOM_HEADER_HOST", "Host"],
];

for (const [variable, header] of HEADERS) {
  Deno.test(`parseConfig() makes ${variable} the header ${header}`, () => {
    assert.deepEqual(parseConfig({ [variable]: "v" }).customHeaders, { [header]: "v" });
  });
}

const WRONG: readonly [string, string, RegExp][] = [
  ["PORT", "eighty", /^PORT must be a whole number, but is "eighty"$/],
  ["PORT", "65536", /^PORT must be a port/],
  ["PORT", "-1", /^PORT must be a whole number/],
  ["OPENAI_BASE_URL", "api.openai.com/v1", /^OPENAI_BASE_URL must be a URL that begins with http/],
  ["OPENAI_BASE_URL", "http://", /^OPENAI_BASE_URL must be a URL/],
  ["LOG_LEVEL", "loud", /^LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR/],
  ["REQUEST_TIMEOUT", "0", /^REQUEST_TIMEOUT must be at least 1 second/],
  ["MAX_TOKENS_LIMIT", "4k", /^MAX_TOKENS_LIMIT must be a whole number/],
  ["MAX_TOKENS_LIMIT", "0", /^MAX_TOKENS_LIMIT must be at least 1, but is "0"/],
  ["MAX_RETRIES", "1.5", /^MAX_RETRIES must be a whole number/],
];

for (const [name, value, sentence] of WRONG) {
  Deno.test(`parseConfig() refuses ${name}=${value} in a sentence`, () => {
    assert.throws(() => parseConfig({ [name]: value }), (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, sentence);
      return true;
    });
  });
}

Deno.test("parseConfig() names all that is wrong at once, a line each", () => {
  assert.throws(() => parseConfig({ PORT: "x", LOG_LEVEL: "loud" }), /PORT[^\n]*\nLOG_LEVEL/);
});

Deno.test("parseConfig() keeps unknown values for adapters that ask for them", () => {
  assert.equal(
    parseConfig({ AZURE_API_VERSION: "2026-01-01" }).values["AZURE_API_VERSION"],
    "2026-01-01",
  );
});
