import assert from "node:assert/strict";
import { mergeUsage, toUsage } from "../../../core/convert/usage.ts";

/** Reports of the providers (Q110), and what they mean: input, read from the cache, written to it, output. */
const REPORTS: readonly [string, Record<string, unknown>, readonly number[]][] = [
  ["OpenAI", {
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 80 },
  }, [20, 80, 0, 7]],
  ["a prompt all from the cache", {
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 100 },
  }, [0, 100, 0, 7]],
  ["DeepSeek", {
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_cache_hit_tokens: 80,
    prompt_cache_miss_tokens: 20,
  }, [20, 80, 0, 7]],
  ["Kimi, formerly", { prompt_tokens: 100, completion_tokens: 7, cached_tokens: 80 }, [
    20,
    80,
    0,
    7,
  ]],
  ["OpenRouter", {
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 50, cache_write_tokens: 30 },
  }, [20, 50, 30, 7]],
  ["Requesty", {
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 50, caching_tokens: 30 },
  }, [20, 50, 30, 7]],
  ["xAI, whose cached count is beside the prompt", {
    prompt_tokens: 10,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 80 },
  }, [10, 80, 0, 7]],
  ["one that reports null", {
    prompt_tokens: null,
    completion_tokens: null,
    prompt_tokens_details: null,
  }, [0, 0, 0, 0]],
  ["one that reports nothing", {}, [0, 0, 0, 0]],
  ["one that reports nonsense", { prompt_tokens: -1, completion_tokens: "7" }, [0, 0, 0, 0]],
];

for (const [who, usage, [input, read, written, output]] of REPORTS) {
  Deno.test(`toUsage() splits the tokens of ${who}`, () => {
    assert.deepEqual(toUsage(usage), {
      input_tokens: input,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written,
      output_tokens: output,
    });
  });
}

Deno.test("toUsage() tells how many tokens were thought, where the provider does", () => {
  const usage = { completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 5 } };
  assert.deepEqual(toUsage(usage).output_tokens_details, { thinking_tokens: 5 });
});

Deno.test("mergeUsage() lets the later report win where it says something", () => {
  const known = mergeUsage({ prompt_tokens: 100, completion_tokens: 3 }, {
    prompt_tokens: 0,
    completion_tokens: 9,
    total_tokens: null,
  });
  assert.deepEqual(known, { prompt_tokens: 100, completion_tokens: 9 });
});
