import assert from "node:assert/strict";
import type { OpenAI } from "../../../core/contract.ts";
import { thinkTags, type ThinkTagsOptions } from "../../../core/convert/think.ts";
import { drive } from "../../../core/stream/drive.ts";

/** Thinking and text that come out of an answer's pieces. */
function split(pieces: readonly string[], options?: ThinkTagsOptions) {
  const stage = drive(thinkTags(options));
  const out: OpenAI.Chunk[] = [];
  for (const content of pieces) stage.write({ choices: [{ delta: { content } }] }, out);
  stage.close(out);
  const deltas = out.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  return {
    thinking: deltas.map(({ reasoning_content }) => reasoning_content ?? "").join(""),
    text: deltas.map(({ content }) => content ?? "").join(""),
  };
}

/** A model that does not find its beginning. */
const BLANK = " ".repeat(1_100);

const ANSWERS: readonly [string, string, string, ThinkTagsOptions?][] = [
  ["<think>Hm.</think>\n\nHello", "Hm.", "Hello"],
  ["\n<think>\nHm.\n</think>Hello", "\nHm.\n", "Hello"],
  ["<thinking>Hm.</thinking>Hello", "Hm.", "Hello"],
  ["<thought>Hm.</thought>Hello", "Hm.", "Hello"],
  ["<reasoning>Hm.</reasoning>Hello", "Hm.", "Hello"],
  ["<think></think>Hello", "", "Hello"],
  ["<think>a < b </thin </think>Hello", "a < b </thin ", "Hello"],
  ["<think>never closed", "never closed", ""],
  ["<think>never closed</thin", "never closed</thin", ""],
  ["Hello <think>is code</think>", "", "Hello <think>is code</think>"],
  ["<thin", "", "<thin"],
  ["<b>Hello</b>", "", "<b>Hello</b>"],
  ["<", "", "<"],
  [`${BLANK}<think>Hm.</think>`, "", `${BLANK}<think>Hm.</think>`],
  ["Hm.</think>Hello", "Hm.", "Hello", { openedByTemplate: true }],
  ["no tag at all", "no tag at all", "", { openedByTemplate: true }],
];

for (const [answer, thinking, text, options] of ANSWERS) {
  Deno.test(`thinkTags() splits ${JSON.stringify(answer)}, cut anywhere`, () => {
    const expected = { thinking, text };
    for (let at = 0; at <= answer.length; at++) {
      assert.deepEqual(
        split([answer.slice(0, at), answer.slice(at)], options),
        expected,
        `at ${at}`,
      );
    }
    assert.deepEqual(split([...answer], options), expected);
  });
}

Deno.test("thinkTags() lets go of what it held before a call, so that the order stays", () => {
  const stage = drive(thinkTags());
  const out: OpenAI.Chunk[] = [];
  stage.write({ choices: [{ delta: { content: "<" } }] }, out);
  stage.write({ choices: [{ delta: { tool_calls: [{ index: 0 }] } }] }, out);
  assert.equal(out.at(-1)?.choices[0]?.delta.content, "<");
  stage.close(out);
  assert.equal(out.length, 2, "nothing is left for the end");
});

Deno.test("thinkTags() takes endless white space in its stride", () => {
  const startedAt = performance.now();
  const { text } = split(new Array<string>(50_000).fill("     "));
  assert.equal(text.length, 250_000);
  const took = performance.now() - startedAt;
  assert.ok(took < 1_500, `${took} ms`);
});
