/** A streamed answer in time: silence, breaks, the end. */
import assert from "node:assert/strict";
import type { Anthropic, Reply } from "../../core/contract.ts";
import type { ApiError } from "../../core/errors.ts";
import { delta, LIMITS, makeExchange, makeHandler, openTap, type Tap } from "../support/ask.ts";
import { withFakeTime } from "../support/fake_time.ts";
import { checkBrokenGrammar, checkGrammar } from "../support/grammar.ts";

type Event = Anthropic.Event;

const TEXT = delta({ content: "Hello" });
const THINKING = delta({ reasoning_content: "Hm" });
const STOP = delta({}, "stop");

function ask({ fetch }: Tap, options: Parameters<typeof makeHandler>[2] = {}): Promise<Reply> {
  return makeHandler(fetch, {}, options)(makeExchange());
}

async function flowOf(reply: Promise<Reply> | Reply) {
  const answer = await reply;
  assert.ok(answer.kind === "stream");
  return answer.events;
}

async function rest(flow: Awaited<ReturnType<typeof flowOf>>): Promise<Event[]> {
  const events: Event[] = [];
  for (let batch = await flow.pull(); batch; batch = await flow.pull()) events.push(...batch);
  return events;
}

/** A promise that is looked at, so that nobody misses its rejection. */
function watch<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

Deno.test("an answer that begins with an error is no stream but an HTTP error", async () => {
  const tap = openTap();
  tap.say({ error: { message: "worker died", code: 503 } });
  await assert.rejects(ask(tap), { status: 529, message: /worker died/ });
});

Deno.test("an answer that stops before its first event is no stream but an HTTP error", async () => {
  const tap = openTap();
  tap.say(delta({ role: "assistant", content: "" }));
  tap.end();
  await assert.rejects(ask(tap), { status: 502, message: /broke off/ });
});

Deno.test("an answer without an event for a minute is handed on, so that pings can be sent", async () => {
  await withFakeTime(async ({ pass }) => {
    const tap = openTap();
    const reply = ask(tap);
    await pass(61);
    const flow = await flowOf(reply);
    tap.say(TEXT);
    tap.say(STOP);
    tap.end();
    checkGrammar(await rest(flow));
  });
});

Deno.test("after a minute of silence an empty thinking block keeps the stream alive", async () => {
  await withFakeTime(async ({ pass }) => {
    const tap = openTap();
    const reply = ask(tap);
    await pass(61);
    const flow = await flowOf(reply);
    const pulled = rest(flow);
    const beats = Array.from({ length: 8 }, () => flow.idle()).flat();
    assert.deepEqual(beats.slice(0, 6), Array(6).fill({ type: "ping" }));
    assert.deepEqual(beats.slice(6).map(({ type }) => type), [
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
    ]);
    tap.say(TEXT);
    tap.say(STOP);
    tap.end();
    checkGrammar([...beats, ...await pulled]);
  });
});

Deno.test("silence inside thinking is filled with empty thinking, inside text with pings", async () => {
  const tap = openTap();
  tap.say(THINKING);
  const flow = await flowOf(ask(tap));
  const events: Event[] = [...await flow.pull() ?? []];
  let next = flow.pull();
  const [beat] = flow.idle();
  assert.ok(beat?.type === "content_block_delta" && beat.delta.type === "thinking_delta");
  assert.equal(beat.delta.thinking, "");
  events.push(beat);
  tap.say(TEXT);
  events.push(...await next ?? []);
  next = flow.pull();
  assert.deepEqual(flow.idle(), [{ type: "ping" }]);
  tap.say(STOP);
  tap.say("[DONE]");
  tap.end();
  events.push(...await next ?? [], ...await rest(flow));
  checkGrammar(events);
});

Deno.test("while a plugin still holds what came, silence is filled with pings only", async () => {
  const tap = openTap();
  tap.say(THINKING);
  const gate = Promise.withResolvers<void>();
  const flow = (await flowOf(ask(tap))).through({
    async transform(event, controller) {
      if (event.type === "content_block_start") await gate.promise;
      controller.enqueue(event);
    },
  });
  tap.say(TEXT);
  const pulled = rest(flow);
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  assert.deepEqual(flow.idle(), [{ type: "ping" }]);
  tap.say(STOP);
  tap.end();
  gate.resolve();
  checkGrammar(await pulled);
});

Deno.test("a stream that is silent for too long is an error that names the time", async () => {
  await withFakeTime(async ({ pass }) => {
    const tap = openTap();
    tap.say(TEXT);
    const flow = await flowOf(ask(tap, { limits: { ...LIMITS, idle: 30_000 } }));
    await flow.pull();
    const next = watch(flow.pull());
    await pass(29);
    await pass(6);
    await assert.rejects(next, { status: 504, message: /nothing for 30 s/ });
  });
});

Deno.test("a slow reader is not taken for a silent upstream", async () => {
  await withFakeTime(async ({ pass }) => {
    const tap = openTap();
    tap.say(TEXT);
    const flow = await flowOf(ask(tap, { limits: { ...LIMITS, idle: 30_000 } }));
    await flow.pull();
    await pass(120);
    tap.say(STOP);
    tap.end();
    assert.ok((await rest(flow)).some(({ type }) => type === "message_stop"));
  });
});

Deno.test("an upstream that sends no header in time is an error that names the setting", async () => {
  await withFakeTime(async ({ pass }) => {
    const handler = makeHandler(
      (_url, init) =>
        new Promise((_, reject) =>
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))
        ),
      {},
      { limits: { ...LIMITS, firstByte: 5_000 } },
    );
    const reply = watch(handler(makeExchange()));
    await pass(6);
    await assert.rejects(reply, { status: 504, message: /within 5 s \(REQUEST_TIMEOUT\)/ });
  });
});

Deno.test("a connection that breaks inside the answer is an error, and closes it", async () => {
  const tap = openTap();
  tap.say(TEXT);
  const flow = await flowOf(ask(tap));
  const events = [...await flow.pull() ?? []];
  tap.fail(new TypeError("error reading a body from connection"));
  await assert.rejects(rest(flow), { status: 502, message: /connection to test broke/ });
  checkBrokenGrammar(events);
});

Deno.test("a connection that breaks after the finish reason costs nothing", async () => {
  const tap = openTap();
  tap.say(TEXT);
  tap.say(STOP);
  const flow = await flowOf(ask(tap));
  const events = [...await flow.pull() ?? [], ...await flow.pull() ?? []];
  tap.fail(new TypeError("error reading a body from connection"));
  checkGrammar([...events, ...await rest(flow)]);
});

Deno.test("a call that was complete when the connection broke is closed before the error", async () => {
  const tap = openTap();
  tap.say(delta({
    tool_calls: [{ index: 0, id: "call_123456", function: { name: "Bash", arguments: '{"a":1}' } }],
  }));
  const flow = await flowOf(ask(tap));
  const events = [...await flow.pull() ?? []];
  tap.fail(new TypeError("error reading a body from connection"));
  events.push(...await flow.pull() ?? []);
  assert.equal(events.at(-1)?.type, "content_block_stop");
  await assert.rejects(rest(flow), { status: 502 });
  checkBrokenGrammar(events);
});

Deno.test("after [DONE] a connection that stays open is closed by us after a second", async () => {
  await withFakeTime(async ({ pass }) => {
    const tap = openTap();
    for (const frame of [TEXT, STOP, "[DONE]"]) tap.say(frame);
    const flow = await flowOf(ask(tap));
    const events = rest(flow);
    await pass(2);
    checkGrammar(await events);
    assert.equal(tap.cancelled.length, 1);
  });
});

Deno.test("a flow that is cancelled closes the connection", async () => {
  const tap = openTap();
  tap.say(TEXT);
  const flow = await flowOf(ask(tap));
  await flow.pull();
  flow.cancel("nobody reads on");
  await Promise.resolve();
  assert.deepEqual(tap.cancelled, ["nobody reads on"]);
});

Deno.test("a frame that is no JSON is an error that shows it", async () => {
  const tap = openTap();
  tap.say(TEXT);
  tap.say("{broken");
  const flow = await flowOf(ask(tap));
  await flow.pull();
  await assert.rejects(rest(flow), { status: 502, message: /not JSON: \{broken/ });
});

for (const hook of ["request", "headers", "url", "stream"] as const) {
  Deno.test(`an adapter whose ${hook} hook throws is named in the error`, async () => {
    const tap = openTap();
    const fails = () => {
      throw new Error("no such field");
    };
    const handler = makeHandler(tap.fetch, { [hook]: fails });
    await assert.rejects(handler(makeExchange()), (error: ApiError) => {
      assert.equal(error.status, 500);
      assert.match(error.message, new RegExp(`adapter "test" failed in its ${hook} hook`));
      return true;
    });
  });
}

Deno.test("an adapter that throws inside a stream is named in the error", async () => {
  const tap = openTap();
  tap.say(TEXT);
  const handler = makeHandler(tap.fetch, {
    stream: () => ({
      transform() {
        throw new Error("no such field");
      },
    }),
  });
  await assert.rejects(handler(makeExchange()), { status: 500, message: /adapter "test"/ });
});

Deno.test("the provider's key never stands in an error", async () => {
  const refusal = Response.json({ error: { message: "Bad key sk-secret-1" } }, { status: 401 });
  const handler = makeHandler(() => Promise.resolve(refusal), {}, { apiKey: "sk-secret-1" });
  await assert.rejects(handler(makeExchange()), (error: ApiError) => {
    assert.doesNotMatch(error.message, /sk-secret/);
    return true;
  });
});
