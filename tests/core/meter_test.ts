import assert from "node:assert/strict";
import { countTokens as countAsProvider } from "gpt-tokenizer/encoding/cl100k_base";
import { estimateTokens } from "../../core/convert/estimate.ts";
import { convertRequest } from "../../core/convert/request.ts";
import { Meter } from "../../core/meter.ts";
import type * as OpenAI from "../../core/protocol/openai.ts";
import { captured } from "../support/captured.ts";

function bodyOf(number: string): OpenAI.Request {
  return convertRequest(captured(number), {
    model: "m",
    provider: "generic",
    vision: true,
    files: false,
    documents: new Map(),
  });
}

/** What a provider with another tokenizer and a template of its own would report. */
function providersCount(body: OpenAI.Request): number {
  return countAsProvider(JSON.stringify(body.messages) + JSON.stringify(body.tools)) + 40;
}

function guessOf(body: OpenAI.Request): number {
  return estimateTokens(body, JSON.stringify(body).length);
}

/** Pairs of consecutive turns of a conversation. */
for (const [one, next] of [["01", "02"], ["02", "03"], ["01", "04"]] as const) {
  Deno.test(`after the answer to turn ${one} Meter is within 3 % for turn ${next}`, async () => {
    const meter = new Meter();
    const body = bodyOf(one);
    meter.learn("m", { guess: guessOf(body), actual: providersCount(body), body });
    const following = bodyOf(next);
    const actual = providersCount(following);
    const estimated = meter.estimate("m", guessOf(following));
    const counted = await meter.count(following);
    assert.ok(Math.abs(estimated / actual - 1) < 0.03, `estimated ${estimated}, actual ${actual}`);
    assert.ok(Math.abs(counted / actual - 1) < 0.03, `counted ${counted}, actual ${actual}`);
  });
}

Deno.test("Meter does not learn from a prompt that is mostly template", () => {
  const meter = new Meter();
  const body = { model: "m", messages: [] };
  meter.learn("m", { guess: 5, actual: 60, body });
  assert.equal(meter.estimate("m", 1000), 1000);
});

Deno.test("Meter does not learn from a count that cannot be true", () => {
  const meter = new Meter();
  const body = { model: "m", messages: [] };
  meter.learn("m", { guess: 8000, actual: 90, body });
  meter.learn("m", { guess: 8000, actual: 90_000, body });
  assert.equal(meter.estimate("m", 1000), 1000);
});

Deno.test("Meter forgets the models that were asked longest ago: their names come from the clients", () => {
  const meter = new Meter();
  const lesson = { guess: 1000, actual: 2000, body: { model: "m", messages: [] } };
  meter.learn("first", lesson);
  meter.learn("second", lesson);
  for (let other = 0; other < 31; other++) {
    meter.learn("first", lesson);
    meter.learn(`other-${other}`, lesson);
  }
  assert.equal(meter.estimate("first", 100), 200);
  assert.equal(meter.estimate("second", 100), 100);
});
