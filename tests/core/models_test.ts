import assert from "node:assert/strict";
import { mapModel, publicId } from "../../core/models.ts";

const MAP = {
  provider: "kimi",
  models: { big: "big-1", middle: "middle-1", small: "vendor/small-1" },
} as Parameters<typeof mapModel>[1];

const NAMES: readonly [string, string][] = [
  ["claude-opus-5-5", "big-1"],
  ["claude-fable-5-2", "big-1"],
  ["claude-sonnet-5-5", "middle-1"],
  ["claude-haiku-5-5", "vendor/small-1"],
  ["claude-3-5-haiku-20241022", "vendor/small-1"],
  ["claude-opus-5-5[1m]", "big-1"],
  ["CLAUDE-Sonnet", "middle-1"],
  ["anthropic/claude-sonnet-5-5", "middle-1"],
  ["claude-next", "big-1"],
  ["openrouter/anthropic/claude-next", "big-1"],
  ["us.anthropic.claude-next-v1:0", "big-1"],
  ["vertex/claude-next[1m]", "big-1"],
  ["deepseek-claude-compatible", "deepseek-claude-compatible"],
  ["opus", "big-1"],
  ["gpt-5.2", "gpt-5.2"],
  ["gpt-5.2[1m]", "gpt-5.2"],
  ["deepseek/deepseek-v4", "deepseek/deepseek-v4"],
  [publicId("kimi", "vendor/small-1"), "vendor/small-1"],
  [publicId("kimi", "big-1"), "big-1"],
];

for (const [asked, model] of NAMES) {
  Deno.test(`mapModel() makes ${asked} to ${model}`, () => {
    assert.equal(mapModel(asked, MAP), model);
  });
}

Deno.test("publicId() is an id that the client's picker keeps (section 1.3)", () => {
  assert.match(publicId("kimi", "k2"), /claude|anthropic/);
});
