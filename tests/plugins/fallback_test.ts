import assert from "node:assert/strict";
import { ApiError } from "../../core/errors.ts";
import { fallback } from "../../plugins/fallback.ts";
import { makeContext, makeExchange, makeReply, scriptedHandler } from "../support/exchange.ts";

const FAULT = new ApiError(529, "overloaded");
const LISTS = { BIG_MODEL: "first, second", FALLBACK_MODELS: "third,second" };

Deno.test("fallback() asks the models of the tier's list, then those for all, until one answers", async () => {
  const { handler, asked } = scriptedHandler(FAULT, FAULT, makeReply());
  const reply = await fallback(makeContext(LISTS))(makeExchange(), handler);
  assert.equal(reply.kind, "message");
  assert.deepEqual(asked, ["first", "second", "third"]);
});

Deno.test("fallback() throws what the last model said", async () => {
  const last = new ApiError(502, "broken");
  const { handler } = scriptedHandler(FAULT, FAULT, last);
  await assert.rejects(fallback(makeContext(LISTS))(makeExchange(), handler), last);
});

Deno.test("fallback() moves on from a model that is no more", async () => {
  const { handler, asked } = scriptedHandler(new ApiError(404, "unknown model"), makeReply());
  await fallback(makeContext(LISTS))(makeExchange(), handler);
  assert.deepEqual(asked, ["first", "second"]);
});

for (const status of [400, 401, 402, 413, 424, 499, 500]) {
  Deno.test(`fallback() does not hide a ${status} behind another model`, async () => {
    const { handler, asked } = scriptedHandler(new ApiError(status, "no"));
    await assert.rejects(fallback(makeContext(LISTS))(makeExchange(), handler), { status });
    assert.deepEqual(asked, ["first"]);
  });
}

Deno.test("fallback() asks no other model for a client that left", async () => {
  const signal = AbortSignal.abort();
  const { handler, asked } = scriptedHandler(FAULT);
  await assert.rejects(fallback(makeContext(LISTS))(makeExchange({ signal }), handler));
  assert.equal(asked.length, 1);
});
