import assert from "node:assert/strict";
import { increments } from "../../../core/quirks/increments.ts";
import type { OpenAI } from "../../../core/mod.ts";
import { drive } from "../../../core/stream/drive.ts";

/** What is left of texts that came one after the other in one field. */
function pieces(texts: readonly string[], field = "content"): string[] {
  const stage = drive(increments());
  const out: OpenAI.Chunk[] = [];
  for (const text of texts) stage.write({ choices: [{ delta: { [field]: text } }] }, out);
  stage.write({ choices: [{ delta: {}, finish_reason: "stop" }] }, out);
  stage.close(out);
  return out.map((chunk) => String(chunk.choices[0]?.delta[field] ?? ""));
}

const SENTENCE = "The quick brown fox jumps over the lazy dog.";
const WORDS = SENTENCE.match(/\S+\s*/g) ?? [];

for (const field of ["content", "reasoning_content", "reasoning"]) {
  Deno.test(`increments() leaves pieces of ${field} as they are (Q11)`, () => {
    assert.deepEqual(pieces(WORDS, field), [...WORDS, ""]);
  });

  Deno.test(`increments() cuts ${field} that is the whole text so far (Q11)`, () => {
    const grown = WORDS.map((_, index) => WORDS.slice(0, index + 1).join(""));
    assert.equal(pieces(grown, field).join(""), SENTENCE);
  });
}

for (
  const [texts, whole] of [
    [["a", "and", " b"], "aand b"],
    [["a", "and"], "aand"],
    [["ha", "ha", "ha"], "hahaha"],
    [["I", "I see", "I see it", "I see it now"], "I see it now"],
    [["=====", "=====", "====="], "==============="],
    [["0123456789abcdef", "0123456789abcdef!"], "0123456789abcdef!"],
    [["0123456789abcdef", "0123456789abcdef"], "0123456789abcdef"],
  ] as const
) {
  Deno.test(`increments() reads ${JSON.stringify(texts)} as ${whole} (Q11)`, () => {
    assert.equal(pieces(texts).join(""), whole);
  });
}
