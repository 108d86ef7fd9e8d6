/** The client's own classifier, which judges where nobody else does: it is a request like any other (section 3.4). */
import assert from "node:assert/strict";
import { captured } from "../support/captured.ts";
import { type Answer, startUpstream } from "../support/scripted_upstream.ts";
import { answer } from "./support/asking.ts";

const [stage1, stage2] = [captured("13"), captured("14")];

const rows: readonly [string, Answer, string, string | null][] = [
  ["ignores `stop`", { text: "<block>no</block> It only exits." }, "<block>no", "</block>"],
  ["heeds `stop`", { text: "<block>no" }, "<block>no", null],
  ["blocks", { text: "<block>yes</block>" }, "<block>yes", "</block>"],
  ["begins with white space", { text: "\n\n <block>no</block>" }, "<block>no", "</block>"],
  [
    "thinks in tags",
    { text: "<think>Is </block> it?</think>\n<block>no</block>" },
    "<block>no",
    "</block>",
  ],
  [
    "thinks aloud",
    { reasoning: "Let me see.", text: "<block>no</block>" },
    "<block>no",
    "</block>",
  ],
];

for (const [what, said, text, stop] of rows) {
  Deno.test(`stage 1 of the client's classifier on a model that ${what}`, async () => {
    await using upstream = startUpstream([said]);
    const message = await answer(stage1, { baseUrl: upstream.baseUrl });
    const texts = message.content.filter(({ type }) => type === "text");
    assert.deepEqual(texts, [{ type: "text", text }]);
    assert.equal(message.stop_sequence, stop);
    assert.equal(message.stop_reason, stop === null ? "end_turn" : "stop_sequence");
    assert.ok(!("safeguard_results" in message));
    const [{ body }] = upstream.received as [typeof upstream.received[0]];
    assert.deepEqual(body["stop"], ["</block>"]);
    assert.equal(body.model, "big", "claude-sonnet-5 is the model for sonnet");
    assert.equal(body.tools, undefined);
  });
}

Deno.test("stage 2 of the client's classifier passes whole", async () => {
  const said = "<thinking>It exits.</thinking><block>yes</block><reason>[Rule] it exits</reason>";
  await using upstream = startUpstream([{ text: said }]);
  const message = await answer(stage2, { baseUrl: upstream.baseUrl });
  const texts = message.content.map((block) => block.type === "text" ? block.text : "").join("");
  assert.match(texts, /<block>yes<\/block><reason>\[Rule\] it exits<\/reason>$/);
  assert.equal(message.stop_reason, "end_turn");
});

Deno.test("a reasoning model is told not to reason before a verdict of 64 tokens", async () => {
  await using upstream = startUpstream([{ text: "<block>no</block>" }]);
  const settings = { PROVIDER: "openai", BIG_MODEL: "gpt-5.2", OPENAI_API_KEY: "sk-1" };
  const message = await answer(stage1, { baseUrl: upstream.baseUrl, settings });
  assert.deepEqual(message.content, [{ type: "text", text: "<block>no" }]);
  assert.equal(upstream.received[0]?.body["reasoning_effort"], "none");
});
