import assert from "node:assert/strict";
import { requesty } from "../../providers/requesty.ts";
import { testAdapter } from "../conformance.ts";
import { thinking, through } from "../support/through.ts";

testAdapter("requesty", requesty, {
  model: "anthropic/claude-sonnet-5",
  knows: { body: ["requesty"] },
  replays: (message, turn) => assert.equal(message.reasoning_content, turn.thinking),
});

for (const [setting, sent] of [["true", true], ["1", true], ["false", undefined]] as const) {
  Deno.test(`requesty: REQUESTY_AUTO_CACHE=${setting} asks for auto_cache: ${sent} (Q72, Q109)`, async () => {
    const { body } = await through(requesty, {}, { settings: { REQUESTY_AUTO_CACHE: setting } });
    assert.equal((body["requesty"] as { auto_cache?: boolean }).auto_cache, sent);
  });
}

for (const [effort, sent] of [["none", "none"], ["xhigh", "high"], ["max", "max"]]) {
  Deno.test(`requesty: effort ${effort} is ${sent} for all models (Q24)`, async () => {
    const { body } = await through(requesty, { model: "openai/o3", ...thinking(effort!) });
    assert.equal(body.reasoning_effort, sent);
    assert.equal(body.max_tokens, 32_000);
  });
}

Deno.test("requesty: what went into the cache is counted (Q72, Q110)", async () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 1,
    prompt_tokens_details: { cached_tokens: 20, caching_tokens: 30 },
  };
  const { answer } = await through(requesty, {}, { script: [{ text: "Hi", usage }] });
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = answer.usage;
  assert.deepEqual([input_tokens, cache_read_input_tokens, cache_creation_input_tokens], [
    50,
    20,
    30,
  ]);
});
