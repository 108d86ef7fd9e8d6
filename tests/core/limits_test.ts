import assert from "node:assert/strict";
import { mock } from "node:test";
import { setImmediate } from "node:timers";
import type { OpenAI } from "../../core/contract.ts";
import { collectGarbage } from "../../core/memory.ts";
import type { UpstreamOptions } from "../../core/upstream.ts";
import { makeHandler } from "../support/ask.ts";
import { makeExchange } from "../support/exchange.ts";
import { type Line, SSE_HEAD, startRawServer } from "../support/raw_server.ts";

const QUESTION = {
  model: "claude-opus",
  max_tokens: 10,
  stream: true,
  messages: [{ role: "user" as const, content: "Hello" }],
};

const LIMITS = { connect: 10_000, firstByte: 60_000, idle: 120_000, total: 300_000 };

const CHUNK = `data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n`;

const BODY_CUT_SHORT =
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";

/** Runs with a clock that only the test moves. */
async function withClock(run: (tick: (milliseconds: number) => void) => Promise<void>) {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    await run((milliseconds) => mock.timers.tick(milliseconds));
  } finally {
    mock.timers.reset();
  }
}

/** A server that speaks as told, and a handler that asks it. `heard` settles when the server was asked. */
function stage(speak: (line: Line) => unknown, options: Partial<UpstreamOptions> = {}) {
  const heard = Promise.withResolvers<void>();
  const server = startRawServer(async (line) => {
    await speak(line);
    heard.resolve();
  });
  const handler = makeHandler(fetch, {}, { baseUrl: server.baseUrl, limits: LIMITS, ...options });
  const ask = (stream = true, raw?: OpenAI.Request) =>
    handler(makeExchange({ request: { ...QUESTION, stream }, ...(raw ? { raw } : {}) }));
  return { server, ask, heard: heard.promise };
}

Deno.test("the upstream has until REQUEST_TIMEOUT for its first byte", () =>
  withClock(async (tick) => {
    const { server, ask, heard } = stage(() => {});
    await using _server = server;
    const reply = ask();
    await heard;
    tick(59_999);
    tick(1);
    await assert.rejects(reply, {
      status: 504,
      message: "test did not answer within 60 s (REQUEST_TIMEOUT)",
    });
  }));

Deno.test("silence in a stream ends it after IDLE_TIMEOUT, and the connection with it", () =>
  withClock(async (tick) => {
    const left = Promise.withResolvers<void>();
    const { server, ask } = stage(async (line) => {
      await line.write(SSE_HEAD + CHUNK);
      line.left.then(left.resolve);
    });
    await using _server = server;
    const reply = await ask();
    assert.ok(reply.kind === "stream");
    const first = await reply.events.pull();
    assert.equal(first?.at(-1)?.type, "content_block_delta");
    const next = reply.events.pull();
    tick(117_500);
    tick(2_500);
    await assert.rejects(next, {
      status: 504,
      message: "The provider sent nothing for 120 s (IDLE_TIMEOUT)",
    });
    await left.promise;
  }));

Deno.test("silence ends a stream also when garbage was collected in between", () =>
  withClock(async (tick) => {
    const { server, ask } = stage((line) => line.write(SSE_HEAD + CHUNK));
    await using _server = server;
    const reply = await ask();
    assert.ok(reply.kind === "stream");
    await reply.events.pull();
    const next = reply.events.pull();
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await Promise.resolve();
    }
    const outcome = assert.rejects(next, { status: 504, message: /IDLE_TIMEOUT/ });
    tick(120_000);
    await outcome;
  }));

Deno.test("silence ends a pass-through stream by a frame, also when garbage was collected", () =>
  withClock(async (tick) => {
    const { server, ask } = stage((line) => line.write(SSE_HEAD + CHUNK));
    await using _server = server;
    const reply = await ask(true, { model: "first", stream: true, messages: [] });
    assert.ok(reply.kind === "raw");
    const reader = reply.response.body!.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, CHUNK);
    const next = reader.read();
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await Promise.resolve();
    }
    tick(120_000);
    assert.match((await next).value ?? "", /^\s*data: \{"error":.*IDLE_TIMEOUT/);
    assert.ok((await reader.read()).done);
    await reply.ended;
  }));

Deno.test("the silence of a whole answer's body counts too", () =>
  withClock(async (tick) => {
    const answered = Promise.withResolvers<void>();
    const { server, ask } = stage((line) => line.write(BODY_CUT_SHORT), {
      fetch: (...question) => fetch(...question).finally(answered.resolve),
    });
    await using _server = server;
    const reply = ask(false);
    const outcome = assert.rejects(reply, { status: 504, message: /IDLE_TIMEOUT/ });
    await answered.promise;
    while (await isPending(reply)) tick(2_500);
    await outcome;
  }));

Deno.test("a stream that never falls silent is ended after TOTAL_TIMEOUT", () =>
  withClock(async (tick) => {
    let line: Line | undefined;
    const { server, ask } = stage((given) => (line = given).write(SSE_HEAD + CHUNK));
    await using _server = server;
    const reply = await ask();
    assert.ok(reply.kind === "stream");
    await reply.events.pull();
    let pieces = 0;
    const ended = (async () => {
      while (true) {
        const next = reply.events.pull();
        await line!.write(CHUNK);
        await next;
        tick(10_000);
        pieces++;
      }
    })();
    await assert.rejects(ended, { status: 504, message: /longer than 300 s \(TOTAL_TIMEOUT\)/ });
    assert.equal(pieces, 30);
  }));

Deno.test("a host that takes no connection is given up after CONNECT_TIMEOUT", () =>
  withClock(async (tick) => {
    const tried = Promise.withResolvers<string>();
    const { server, ask, heard } = stage(() => {}, {
      connects: (url) => {
        tried.resolve(url);
        return new Promise(() => {});
      },
    });
    await using _server = server;
    const reply = ask();
    await heard;
    tick(5_000);
    assert.equal(await tried.promise, `${server.baseUrl}/chat/completions`);
    tick(5_000);
    await assert.rejects(reply, {
      status: 504,
      message: /took no connection at .*CONNECT_TIMEOUT/,
    });
  }));

Deno.test("a host that takes connections is waited for until REQUEST_TIMEOUT", () =>
  withClock(async (tick) => {
    const { server, ask, heard } = stage(() => {}, { connects: () => Promise.resolve(true) });
    await using _server = server;
    const reply = ask();
    await heard;
    tick(5_000);
    await Promise.resolve();
    tick(54_999);
    tick(1);
    await assert.rejects(reply, { message: /REQUEST_TIMEOUT/ });
  }));

Deno.test("a host that answers while it is tried is not given up afterwards", () =>
  withClock(async (tick) => {
    const spoken = Promise.withResolvers<Line>();
    const trials: AbortSignal[] = [];
    const { server, ask, heard } = stage(spoken.resolve, {
      connects: (_url, signal) => {
        trials.push(signal);
        return new Promise(() => {});
      },
    });
    await using _server = server;
    const asked = ask();
    await heard;
    tick(5_000);
    const line = await spoken.promise;
    await line.write(SSE_HEAD + CHUNK);
    const reply = await asked;
    assert.ok(reply.kind === "stream");
    assert.deepEqual(trials.map(({ aborted }) => aborted), [true]);
    await reply.events.pull();
    tick(5_000);
    await line.write(CHUNK);
    assert.equal((await reply.events.pull())?.at(-1)?.type, "content_block_delta");
    reply.events.cancel("enough");
  }));

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  const turn = new Promise((resolve) => setImmediate(() => resolve(pending)));
  return await Promise.race([promise.catch(() => {}), turn]) === pending;
}
