import assert from "node:assert/strict";
import { compose } from "../../core/compose.ts";
import type { Exchange, Middleware, Reply } from "../../core/contract.ts";

const REPLY: Reply = { kind: "raw", response: new Response(null) };

function exchange(): Exchange {
  return {
    id: "req_1",
    request: { model: "claude", max_tokens: 1, messages: [] },
    headers: new Headers(),
    target: { provider: "generic", model: "claude", headers: {} },
    signal: new AbortController().signal,
  };
}

Deno.test("compose() calls the first plugin first", async () => {
  const order: string[] = [];
  const named = (name: string): Middleware => (exchange, next) => {
    order.push(name);
    return next(exchange);
  };
  const handler = compose([named("outer"), named("inner")], () => {
    order.push("handler");
    return Promise.resolve(REPLY);
  });
  await handler(exchange());
  assert.deepEqual(order, ["outer", "inner", "handler"]);
});

Deno.test("compose() lets a plugin call next again", async () => {
  let calls = 0;
  const twice: Middleware = async (exchange, next) => {
    await next(exchange);
    return await next(exchange);
  };
  await compose([twice], () => {
    calls++;
    return Promise.resolve(REPLY);
  })(exchange());
  assert.equal(calls, 2);
});
