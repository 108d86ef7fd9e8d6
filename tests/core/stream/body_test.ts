import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Anthropic } from "../../../core/contract.ts";
import { ApiError } from "../../../core/errors.ts";
import { toBody } from "../../../core/stream/body.ts";
import { EventFlow, type EventSource } from "../../../core/stream/flow.ts";
import { withFakeTime } from "../../support/fake_time.ts";

type Event = Anthropic.Event;

const TEXT: Event = {
  type: "content_block_delta",
  index: 0,
  delta: { type: "text_delta", text: "word" },
};

/** A source that gives what the test puts into it. */
class Source implements EventSource {
  readonly #waiting: ((batch: Promise<readonly Event[] | undefined>) => void)[] = [];
  readonly #ready: Promise<readonly Event[] | undefined>[] = [];
  readonly cancelled: unknown[] = [];

  pull() {
    const ready = this.#ready.shift();
    return ready ??
      new Promise<readonly Event[] | undefined>((resolve) => this.#waiting.push(resolve));
  }

  idle(): readonly Event[] {
    return [{ type: "ping" }];
  }

  cancel(reason: unknown): void {
    this.cancelled.push(reason);
  }

  give(batch: readonly Event[] | undefined): void {
    this.#settle(Promise.resolve(batch));
  }

  fail(error: Error): void {
    const failure = Promise.reject(error);
    failure.catch(() => {});
    this.#settle(failure);
  }

  #settle(batch: Promise<readonly Event[] | undefined>): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#ready.push(batch);
    else waiting(batch);
  }
}

/** Reads a body from now on, and keeps the names of its events. */
function listen(body: ReadableStream<Uint8Array>) {
  const names: string[] = [];
  let text = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const ended = (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      text += read.value;
      names.push(...[...read.value.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name!));
    }
  })();
  return { names, ended, text: () => text };
}

Deno.test("toBody() pings soon, and then every 10 s, while the flow is on its way", async () => {
  await withFakeTime(async ({ pass }) => {
    const flow = Promise.withResolvers<EventFlow>();
    const source = new Source();
    const { names, ended } = listen(toBody(flow.promise, { requestId: "req_1" }));
    await pass(4);
    assert.deepEqual(names, ["ping"], "the client may have waited for 15 s already");
    for (let span = 2; span <= 4; span++) {
      await pass(10);
      assert.ok(names.length >= span, `${names.length} pings after ${span - 1} times 10 s`);
    }
    flow.resolve(new EventFlow(source));
    source.give(undefined);
    await ended;
  });
});

Deno.test("toBody() counts the silence from the last event", async () => {
  await withFakeTime(async ({ pass }) => {
    const source = new Source();
    const { names, ended } = listen(toBody(flowOf(source), { requestId: "req_1" }));
    await pass(1);
    source.give([TEXT]);
    await pass(7);
    assert.deepEqual(names, ["content_block_delta"]);
    await pass(6);
    assert.deepEqual(names, ["content_block_delta", "ping"]);
    source.give(undefined);
    await ended;
    await pass(60);
    assert.equal(names.length, 2, "nothing follows the end");
  });
});

Deno.test("toBody() does not pile up pings for a client that does not read", async () => {
  await withFakeTime(async ({ pass }) => {
    const source = new Source();
    const body = toBody(flowOf(source), { requestId: "req_1" });
    await pass(60);
    source.give(undefined);
    assert.equal((await new Response(body).text()).match(/event: ping/g)?.length, 1);
  });
});

Deno.test("toBody() seals a flow that breaks with an error event that has the request's id", async () => {
  const source = new Source();
  const reasons: unknown[] = [];
  const { names, ended, text } = listen(
    toBody(flowOf(source), { requestId: "req_1", ended: (reason) => reasons.push(reason) }),
  );
  const fault = new ApiError(529, "The provider is overloaded");
  source.give([TEXT]);
  source.fail(fault);
  await ended;
  assert.deepEqual(names, ["content_block_delta", "error"]);
  assert.match(text(), /"type":"overloaded_error","message":"The provider is overloaded"/);
  assert.match(text(), /"request_id":"req_1"/);
  assert.deepEqual(reasons, [fault]);
});

Deno.test("toBody() tells nobody what broke inside ccproxy", async () => {
  const source = new Source();
  const { ended, text } = listen(toBody(flowOf(source), { requestId: "req_1" }));
  source.fail(new TypeError("secret of the house"));
  await ended;
  assert.match(text(), /"type":"api_error"/);
  assert.doesNotMatch(text(), /secret/);
});

Deno.test("toBody() says so in an error event where the flow never comes", async () => {
  const { ended, text } = listen(
    toBody(Promise.reject(new ApiError(429, "Slow down")), { requestId: "req_1" }),
  );
  await ended;
  assert.match(text(), /^event: error\ndata: .*"rate_limit_error","message":"Slow down"/);
});

Deno.test("toBody() cancels the flow once when the client leaves, and tells why it ended", async () => {
  const source = new Source();
  const reasons: unknown[] = [];
  const body = toBody(flowOf(source), {
    requestId: "req_1",
    ended: (reason) => reasons.push(reason),
  });
  const reader = body.getReader();
  source.give([TEXT]);
  await reader.read();
  const pending = reader.read();
  await reader.cancel("resource closed");
  await pending;
  source.give([TEXT]);
  await setImmediate();
  assert.equal(source.cancelled.length, 1);
  assert.equal(reasons.length, 1);
  assert.ok(reasons[0] instanceof DOMException, "a client that leaves is no fault of ours");
});

Deno.test("toBody() cancels a flow that comes after the client has left", async () => {
  const flow = Promise.withResolvers<EventFlow>();
  const source = new Source();
  const body = toBody(flow.promise, { requestId: "req_1" });
  await body.cancel();
  flow.resolve(new EventFlow(source));
  await flow.promise;
  await Promise.resolve();
  assert.equal(source.cancelled.length, 1);
});

function flowOf(source: EventSource): Promise<EventFlow> {
  return Promise.resolve(new EventFlow(source));
}
