import assert from "node:assert/strict";
import { mock } from "node:test";
import { ApiError } from "../../core/errors.ts";
import { breaker } from "../../plugins/breaker.ts";
import type { Middleware } from "../../core/contract.ts";
import { makeContext, makeExchange, makeReply, scriptedHandler } from "../support/exchange.ts";

const FAULT = new ApiError(504, "did not answer");

async function fail(plugin: Middleware, times: number, error: Error = FAULT): Promise<void> {
  for (let time = 0; time < times; time++) {
    await assert.rejects(plugin(makeExchange(), scriptedHandler(error).handler));
  }
}

async function withClock(run: () => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ["Date"] });
  try {
    await run();
  } finally {
    mock.timers.reset();
  }
}

Deno.test("breaker() refuses at once after five faults in a row, and says how long", () =>
  withClock(async () => {
    const plugin = breaker(makeContext());
    await fail(plugin, 5);
    const { handler, asked } = scriptedHandler(makeReply());
    await assert.rejects(plugin(makeExchange(), handler), {
      status: 529,
      retryAfter: 20,
      message:
        "did not answer (first on generic failed 5 times in a row and is left alone for 20 s)",
    });
    assert.equal(asked.length, 0);
  }));

Deno.test("breaker() lets one request try after the rest, and all when it finds the model alive", () =>
  withClock(async () => {
    const plugin = breaker(makeContext());
    await fail(plugin, 5);
    mock.timers.tick(20_000);
    const probe = Promise.withResolvers<ReturnType<typeof makeReply>>();
    const probing = plugin(makeExchange(), () => probe.promise);
    const { handler, asked } = scriptedHandler(makeReply());
    await assert.rejects(plugin(makeExchange(), handler), { status: 529 });
    probe.resolve(makeReply());
    await probing;
    await plugin(makeExchange(), handler);
    assert.equal(asked.length, 1);
  }));

Deno.test("breaker() rests again after a failed try", () =>
  withClock(async () => {
    const plugin = breaker(makeContext());
    await fail(plugin, 5);
    mock.timers.tick(20_000);
    await fail(plugin, 1);
    await assert.rejects(plugin(makeExchange(), scriptedHandler(makeReply()).handler), {
      status: 529,
      retryAfter: 20,
    });
  }));

Deno.test("breaker() knows each model by itself", async () => {
  const plugin = breaker(makeContext());
  await fail(plugin, 5);
  const target = { provider: "generic", model: "second", headers: {} };
  const { handler, asked } = scriptedHandler(makeReply());
  await plugin(makeExchange({ target }), handler);
  assert.deepEqual(asked, ["second"]);
});

for (const status of [400, 429, 424]) {
  Deno.test(`breaker() takes ${status} for a sign of life`, async () => {
    const plugin = breaker(makeContext());
    await fail(plugin, 4);
    await fail(plugin, 1, new ApiError(status, "no"));
    await fail(plugin, 4);
    await plugin(makeExchange(), scriptedHandler(makeReply()).handler);
  });
}

Deno.test("breaker() does not count a client that left", async () => {
  const plugin = breaker(makeContext());
  const signal = AbortSignal.abort();
  const left = scriptedHandler(new ApiError(499, "left")).handler;
  for (let time = 0; time < 9; time++) {
    await assert.rejects(plugin(makeExchange({ signal }), left), { status: 499 });
  }
  await plugin(makeExchange(), scriptedHandler(makeReply()).handler);
});
