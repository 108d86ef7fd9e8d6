import assert from "node:assert/strict";
import { mock } from "node:test";
import { ApiError } from "../../core/errors.ts";
import { retry } from "../../plugins/retry.ts";
import { makeContext, makeExchange, makeReply, scriptedHandler } from "../support/exchange.ts";
import { withoutWaiting } from "../support/waits.ts";

const FAULT = new ApiError(502, "broken");

for (const status of [409, 429, 502, 503, 504, 529]) {
  Deno.test(`retry() asks again after ${status}`, async () => {
    const { handler, asked } = scriptedHandler(new ApiError(status, "no"), makeReply());
    await withoutWaiting(() => retry(makeContext())(makeExchange(), handler));
    assert.equal(asked.length, 2);
  });
}

for (const status of [400, 401, 402, 404, 413, 424, 499, 500]) {
  Deno.test(`retry() passes ${status} on at once`, async () => {
    const { handler, asked } = scriptedHandler(new ApiError(status, "no"));
    await assert.rejects(retry(makeContext())(makeExchange(), handler), { status });
    assert.equal(asked.length, 1);
  });
}

Deno.test("retry() gives up after MAX_RETRIES further tries", async () => {
  const { handler, asked } = scriptedHandler(FAULT);
  const plugin = retry(makeContext({ MAX_RETRIES: "3" }));
  await assert.rejects(withoutWaiting(() => plugin(makeExchange(), handler)), FAULT);
  assert.equal(asked.length, 4);
});

Deno.test("retry() does not ask again where the error says that it is no use", async () => {
  const { handler, asked } = scriptedHandler(new ApiError(502, "no", { shouldRetry: false }));
  await assert.rejects(retry(makeContext())(makeExchange(), handler));
  assert.equal(asked.length, 1);
});

Deno.test("retry() waits as long as Retry-After says, and leaves a long wait to the client", async () => {
  const soon = scriptedHandler(new ApiError(429, "no", { retryAfter: 3 }), makeReply());
  const waits = await withoutWaiting(() => retry(makeContext())(makeExchange(), soon.handler));
  assert.deepEqual(waits, [3000]);
  const late = scriptedHandler(new ApiError(429, "no", { retryAfter: 60 }));
  await assert.rejects(retry(makeContext())(makeExchange(), late.handler), { retryAfter: 60 });
  assert.equal(late.asked.length, 1);
});

Deno.test("retry() spreads its waits over the whole of a growing span", async () => {
  const chance = mock.method(Math, "random", () => 0.5);
  try {
    const { handler } = scriptedHandler(FAULT);
    const plugin = retry(makeContext({ MAX_RETRIES: "6" }));
    const waits = await withoutWaiting(() => assert.rejects(plugin(makeExchange(), handler)));
    assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 4000]);
  } finally {
    chance.mock.restore();
  }
});

Deno.test("retry() stops waiting when the client hangs up, and asks no more", async () => {
  const hangUp = new AbortController();
  const { handler, asked } = scriptedHandler(new ApiError(429, "no", { retryAfter: 8 }));
  const pending = retry(makeContext())(makeExchange({ signal: hangUp.signal }), handler);
  setTimeout(() => hangUp.abort(), 1);
  await assert.rejects(pending, { status: 499 });
  assert.equal(asked.length, 1);
});

Deno.test("retry() tells the server's own reason for giving up", async () => {
  const stop = new AbortController();
  stop.abort(new ApiError(529, "stopping"));
  const { handler } = scriptedHandler(FAULT);
  const pending = retry(makeContext())(makeExchange({ signal: stop.signal }), handler);
  await assert.rejects(pending, { status: 529, message: "stopping" });
});

Deno.test("retry() begins no attempt once the time for a first byte is used up", async () => {
  mock.timers.enable({ apis: ["Date"] });
  try {
    let asked = 0;
    const pending = retry(makeContext({ REQUEST_TIMEOUT: "30" }))(makeExchange(), () => {
      asked++;
      mock.timers.tick(30_000);
      return Promise.reject(new ApiError(504, "did not answer"));
    });
    await assert.rejects(pending, { status: 504 });
    assert.equal(asked, 1);
  } finally {
    mock.timers.reset();
  }
});

Deno.test("retry() asks twice more for an answer without a block, then delivers it as it is (Q112)", async () => {
  const healed = scriptedHandler(makeReply(""), makeReply("Hello"));
  const reply = await retry(makeContext())(makeExchange(), healed.handler);
  assert.ok(reply.kind === "message" && reply.message.content.length === 1);
  const empty = scriptedHandler(makeReply(""));
  const last = await retry(makeContext({ MAX_RETRIES: "9" }))(makeExchange(), empty.handler);
  assert.ok(last.kind === "message" && last.message.content.length === 0);
  assert.equal(empty.asked.length, 3);
});
