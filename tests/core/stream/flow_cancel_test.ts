import assert from "node:assert/strict";
import { ApiError } from "../../../core/errors.ts";
import { collect, toEvents } from "../../../core/convert/message.ts";
import type { Event } from "../../../core/protocol/anthropic.ts";
import { EventFlow, flowOf } from "../../../core/stream/flow.ts";
import { makeReply } from "../../support/exchange.ts";

function listening() {
  const heard: unknown[] = [];
  const transformer: Transformer<Event, Event> = {
    flush: () => void heard.push("end"),
    cancel: (reason) => void heard.push(reason),
  };
  return { heard, transformer };
}

Deno.test("EventFlow tells its transformers once that nobody reads on", async () => {
  const { heard, transformer } = listening();
  const flow = flowOf([{ type: "ping" }]).through(transformer);
  await flow.pull();
  flow.cancel("left");
  flow.cancel("left again");
  assert.deepEqual(heard, ["left"]);
});

Deno.test("EventFlow tells its transformers that the answer broke off", async () => {
  const { heard, transformer } = listening();
  const broken = new ApiError(502, "broke");
  const flow = new EventFlow({
    pull: () => Promise.reject(broken),
    idle: () => [],
    cancel() {},
  }).through(transformer);
  await assert.rejects(flow.pull(), broken);
  assert.deepEqual(heard, [broken]);
});

Deno.test("EventFlow tells its transformers nothing more after the end", async () => {
  const { heard, transformer } = listening();
  const flow = flowOf([{ type: "ping" }]).through(transformer);
  while (await flow.pull() !== undefined);
  flow.cancel("late");
  assert.deepEqual(heard, ["end"]);
});

const BOOM = new Error("boom");

function fail(): never {
  throw BOOM;
}

const FAULTY: readonly [string, Transformer<Event, Event>][] = [
  ["throws", { transform: fail }],
  ["rejects", { transform: () => Promise.reject(BOOM) }],
  ["fails at the end", { flush: fail }],
];

for (const [how, faulty] of FAULTY) {
  Deno.test(`EventFlow gives its source up where a transformer ${how}, and tells the others`, async () => {
    const before = listening();
    const after = listening();
    const cancelled: unknown[] = [];
    const rest = [[{ type: "ping" as const }]];
    const flow = new EventFlow({
      pull: () => Promise.resolve(rest.pop()),
      idle: () => [],
      cancel: (reason) => void cancelled.push(reason),
    }).through(before.transformer).through(faulty).through(after.transformer);
    await assert.rejects(async () => {
      while (await flow.pull() !== undefined);
    }, BOOM);
    assert.deepEqual(cancelled, [BOOM]);
    assert.deepEqual(after.heard, [BOOM]);
    assert.equal(before.heard.at(-1), BOOM);
    assert.equal(await flow.pull(), undefined);
  });
}

Deno.test("EventFlow and collect() take any number of events at a time", async () => {
  const many = new Array<Event>(200_000).fill({ type: "ping" });
  const transformer: Transformer<Event, Event> = {
    flush: (controller) => many.forEach((event) => controller.enqueue(event)),
  };
  const message = makeReply("Hello");
  assert.ok(message.kind === "message");
  const events = toEvents(message.message);
  const collected = await collect(flowOf([...many, ...events]).through(transformer));
  assert.deepEqual(collected, message.message);
});
