import assert from "node:assert/strict";
import { countTokens as countPlain } from "gpt-tokenizer/encoding/o200k_base";
import { countTokens } from "../../../core/convert/tokens.ts";

function count(content: string): Promise<number> {
  return countTokens({ model: "m", max_tokens: 1, messages: [{ role: "user", content }] });
}

Deno.test("countTokens() counts a model's control words as the text that they are", async () => {
  assert.ok(await count("a <|endoftext|> b <|im_start|>") > await count("a  b "));
});

/** What a message costs beside its text. */
const MESSAGE = 4;

const RUNS: Readonly<Record<string, string>> = {
  "Chinese characters": "中文字",
  letters: "qwxz",
  spaces: " ",
  "equals signs": "=",
  emoji: "\u{1f600}",
};

for (const [what, run] of Object.entries(RUNS)) {
  Deno.test(`countTokens() of a long run of ${what} takes no minute, and is 2 % off at most`, async () => {
    const short = run.repeat(4_000 / run.length);
    const exact = countPlain(short);
    const startedAt = performance.now();
    assert.ok(await count(run.repeat(200_000 / run.length)) < 50 * exact * 1.02);
    assert.ok(performance.now() - startedAt < 3_000);
    const counted = await count(short) - MESSAGE;
    assert.ok(Math.abs(counted - exact) < 2 + 0.02 * exact, `${counted} of ${exact}`);
  });
}
