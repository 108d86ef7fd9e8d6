import assert from "node:assert/strict";
import { compose } from "../../core/compose.ts";
import type { Middleware, Reply } from "../../core/contract.ts";
import { makeExchange } from "../support/exchange.ts";

const REPLY: Reply = { kind: "raw", response: new Response(null) };

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
  await handler(makeExchange());
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
  })(makeExchange());
  assert.equal(calls, 2);
});
