/** A streamed answer in time: breaks, the end, faults of an adapter. */
import assert from "node:assert/strict";
import { toMessage } from "../../core/convert/message.ts";
import type { Anthropic } from "../../core/contract.ts";
import type { ApiError } from "../../core/errors.ts";
import { delta, exchangeOf, makeHandler, openTap, QUESTION } from "../support/ask.ts";
import { withFakeTime } from "../support/fake_time.ts";
import { ask, flowOf, rest, STOP, TEXT, THINKING } from "../support/flows.ts";
import { checkBrokenGrammar, checkGrammar } from "../support/grammar.ts";

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

Deno.test("an answer that has finished waits 10 s for usage and [DONE], and is whole without them", async () => {
  await withFakeTime(async ({ pass }) => {
    const tap = openTap();
    for (const frame of [TEXT, STOP]) tap.say(frame);
    const flow = await flowOf(ask(tap));
    const events = rest(flow);
    await pass(9);
    tap.say({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 3 } });
    await pass(13);
    checkGrammar(await events);
    assert.equal(toMessage(await events).usage.output_tokens, 3);
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

Deno.test("an end that fails after the finish reason closes the connection too", async () => {
  const tap = openTap();
  tap.say(THINKING);
  const flow = await flowOf(ask(tap));
  tap.say(delta({}, "content_filter"));
  tap.say({ error: { message: "late" } });
  await assert.rejects(rest(flow), { status: 400, message: /content filtering/ });
  assert.equal(tap.cancelled.length, 1);
});

for (const [reason, empty] of [["stop", true], ["length", false]] as const) {
  Deno.test(`a stream without a block that ends with "${reason}" is ${empty ? "" : "not "}empty (Q112)`, async () => {
    const tap = openTap();
    tap.say(delta({}, reason));
    tap.say("[DONE]");
    tap.end();
    const reply = await ask(tap);
    assert.ok(reply.kind === "stream");
    assert.equal(reply.empty, empty);
    reply.events.cancel("seen");
  });
}

Deno.test("an id that the conversation has already is not given to another call (Q84)", async () => {
  const id = "call_123456789";
  const tap = openTap();
  tap.say(delta({ tool_calls: [{ index: 0, id, function: { name: "Bash", arguments: "{}" } }] }));
  tap.say(delta({}, "tool_calls"));
  tap.say("[DONE]");
  tap.end();
  const request: Anthropic.Request = {
    ...QUESTION,
    messages: [
      { role: "user", content: "Go" },
      { role: "assistant", content: [{ type: "tool_use", id, name: "Bash", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "Gone" }] },
    ],
  };
  const events = await rest(await flowOf(makeHandler(tap.fetch)(exchangeOf(request))));
  const ids = events.flatMap((event) =>
    event.type === "content_block_start" && event.content_block.type === "tool_use"
      ? [event.content_block.id]
      : []
  );
  assert.equal(ids.length, 1);
  assert.notEqual(ids[0], id);
});

Deno.test("a refusal without a body is told by its status", async () => {
  const fetch = () => Promise.resolve(new Response(null, { status: 503 }));
  await assert.rejects(ask({ ...openTap(), fetch }), { status: 529, message: /HTTP 503/ });
});

Deno.test("a frame of white space says nothing", async () => {
  const tap = openTap();
  for (const frame of [TEXT, "   ", STOP, "[DONE]"]) tap.say(frame);
  tap.end();
  checkGrammar(await rest(await flowOf(ask(tap))));
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
    await assert.rejects(handler(exchangeOf()), (error: ApiError) => {
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
  await assert.rejects(handler(exchangeOf()), { status: 500, message: /adapter "test"/ });
});

Deno.test("the provider's key never stands in an error", async () => {
  const refusal = Response.json({ error: { message: "Bad key sk-secret-1" } }, { status: 401 });
  const handler = makeHandler(() => Promise.resolve(refusal), {}, { apiKey: "sk-secret-1" });
  await assert.rejects(handler(exchangeOf()), (error: ApiError) => {
    assert.doesNotMatch(error.message, /sk-secret/);
    return true;
  });
});
