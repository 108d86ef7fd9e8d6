/** An answer that is silent: what fills the silence, and when it is too long. */
import assert from "node:assert/strict";
import type { Anthropic } from "../../core/contract.ts";
import { exchangeOf, LIMITS, makeHandler, openTap } from "../support/ask.ts";
import { withFakeTime } from "../support/fake_time.ts";
import { ask, flowOf, rest, STOP, TEXT, THINKING, watch } from "../support/flows.ts";
import { checkGrammar } from "../support/grammar.ts";

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
  const events: Anthropic.Event[] = [...await flow.pull() ?? []];
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
    const reply = watch(handler(exchangeOf()));
    await pass(6);
    await assert.rejects(reply, { status: 504, message: /within 5 s \(REQUEST_TIMEOUT\)/ });
  });
});
