import assert from "node:assert/strict";
import { adviceFor, type Situation } from "../../../cli/check/advice.ts";
import { mask } from "../../../cli/check/report.ts";
import { parseConfig } from "../../../core/config.ts";

function situation(
  settings: Readonly<Record<string, string>>,
  changes: Partial<Situation> = {},
): Situation {
  return {
    config: parseConfig({ HOST: "127.0.0.1", OPENAI_API_KEY: "upstream-key-0123", ...settings }),
    provider: "kimi",
    baseUrl: "https://api.moonshot.ai/v1",
    sources: { BIG_MODEL: ".env", SMALL_MODEL: ".env" },
    facts: () => ({ context: 200_000 }),
    file: ".env",
    ...changes,
  };
}

Deno.test("adviceFor() is silent where all is well", () => {
  assert.deepEqual(adviceFor(situation({})), []);
});

const CASES: readonly [string, Situation, RegExp][] = [
  ["an unencrypted upstream", situation({}, { baseUrl: "http://x.ai/v1" }), /Use https/],
  ["an env file that others can read", situation({}, { fileMode: 0o644 }), /chmod 600 \.env/],
  ["an open host without a key", situation({ HOST: "0.0.0.0" }), /only callers on this machine/],
  ["a short key", situation({ HOST: "0.0.0.0", ANTHROPIC_API_KEY: "short" }), /longer one/],
  [
    "the provider's key as ours",
    situation({ ANTHROPIC_API_KEY: "upstream-key-0123" }),
    /Choose another/,
  ],
  [
    "models left at OpenAI's",
    situation({}, { sources: { SMALL_MODEL: ".env" } }),
    /BIG_MODEL is not set/,
  ],
  [
    "a small window",
    situation({}, { facts: () => ({ context: 32_000 }) }),
    /too little for Claude Code/,
  ],
  ["an unknown window", situation({}, { facts: () => ({}) }), /ccproxy\.json/],
  ["a low cap on answers", situation({ MAX_TOKENS_LIMIT: "1000" }), /cut off/],
  ["little patience", situation({ REQUEST_TIMEOUT: "5" }), /silent for longer/],
  ["prompts in the log", situation({ LOG_LEVEL: "DEBUG" }), /LOG_BODIES=false/],
];

for (const [name, given, expected] of CASES) {
  Deno.test(`adviceFor() warns of ${name}`, () => {
    const advice = adviceFor(given);
    assert.equal(advice.length, 1, advice.join("\n"));
    assert.match(advice[0]!, expected);
  });
}

Deno.test("mask() keeps the end of a long secret, and nothing of a short one", () => {
  assert.equal(mask("OPENAI_API_KEY", "sk-0123456789abcdef"), "****cdef");
  assert.equal(mask("OPENAI_API_KEY", "short"), "****");
  assert.equal(mask("CUSTOM_HEADER_X_TEAM", "blue"), "****");
  assert.equal(mask("BIG_MODEL", "kimi-k2"), "kimi-k2");
});
