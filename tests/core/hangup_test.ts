/** A client that hangs up, over real connections: the upstream must see it within 100 ms (issue 2, item 7). */
import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";

/** Milliseconds. */
const LIMIT = 100;

const LOOPBACK = { hostname: "127.0.0.1", port: 0, onListen: () => {} };

interface Line extends AsyncDisposable {
  /** The proxy's own address. */
  readonly url: string;
  /** Settles when a request has reached the upstream. */
  readonly asked: Promise<void>;
  /** `performance.now()` when the upstream saw the connection close. */
  readonly closed: Promise<number>;
}

/** A proxy in front of an upstream that says these frames, and then nothing; without frames not even a header. */
function connect(frames: readonly string[] | undefined): Line {
  const asked = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  const close = () => closed.resolve(performance.now());
  const upstream = Deno.serve(LOOPBACK, async (request) => {
    await request.text();
    asked.resolve();
    if (frames === undefined) {
      return await new Promise<Response>((resolve) => {
        request.signal.addEventListener("abort", () => {
          close();
          resolve(new Response(null));
        });
      });
    }
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const frame of frames) {
          controller.enqueue(new TextEncoder().encode(`data: ${frame}\n\n`));
        }
      },
      cancel: close,
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  const config = parseConfig({ OPENAI_BASE_URL: `http://127.0.0.1:${upstream.addr.port}/v1` });
  const providers = { generic: { baseUrl: "" } };
  const program = assemble(config, { providers, plugins: [], version: "0" });
  const proxy = Deno.serve(
    LOOPBACK,
    (request, { remoteAddr }) => program.serve(request, { address: remoteAddr.hostname }),
  );
  return {
    url: `http://127.0.0.1:${proxy.addr.port}/v1/messages`,
    asked: asked.promise,
    closed: closed.promise,
    async [Symbol.asyncDispose]() {
      await Promise.all([proxy.shutdown(), upstream.shutdown()]);
    },
  };
}

function ask(url: string, stream: boolean, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "claude-opus",
      max_tokens: 10,
      stream,
      messages: [{ role: "user", content: "Hi" }],
    }),
    signal,
  });
}

async function assertClosed({ closed }: Line, hungUpAt: number): Promise<void> {
  const took = await closed - hungUpAt;
  assert.ok(took < LIMIT, `the upstream saw it after ${took.toFixed(1)} ms`);
}

/** A busy machine may keep the test itself waiting, so a late close counts only when it is late three times. */
const MEASURED = { retry: 2 };

/** What the upstream has sent when the client leaves: nothing, or its header and an empty chunk. */
const MOMENTS: readonly [string, Parameters<typeof connect>[0]][] = [
  ["before the upstream's header", undefined],
  ["after the header", [JSON.stringify({ choices: [] })]],
];

for (const stream of [true, false]) {
  for (const [moment, sent] of MOMENTS) {
    const kind = stream ? "stream" : "whole answer";
    Deno.test(
      `a client that leaves ${moment} ends the request for a ${kind}`,
      MEASURED,
      async () => {
        await using line = connect(sent);
        const controller = new AbortController();
        const answer = ask(line.url, stream, controller.signal);
        await line.asked;
        const hungUpAt = performance.now();
        controller.abort();
        await assert.rejects(answer, { name: "AbortError" });
        await assertClosed(line, hungUpAt);
      },
    );
  }
}

Deno.test("a client that leaves in the middle of a stream ends it", MEASURED, async () => {
  await using line = connect([JSON.stringify({ choices: [{ delta: { content: "Hello" } }] })]);
  const controller = new AbortController();
  const response = await ask(line.url, true, controller.signal);
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  assert.match(new TextDecoder().decode(value), /message_start/);
  const hungUpAt = performance.now();
  controller.abort();
  await assert.rejects(reader.read(), { name: "AbortError" });
  await assertClosed(line, hungUpAt);
});

Deno.test("a client that leaves a pass-through stream ends it too", MEASURED, async () => {
  await using line = connect([JSON.stringify({ choices: [{ delta: { content: "Hello" } }] })]);
  const controller = new AbortController();
  const url = line.url.replace("/v1/messages", "/v1/chat/completions");
  const response = await ask(url, true, controller.signal);
  const reader = response.body!.getReader();
  await reader.read();
  const hungUpAt = performance.now();
  controller.abort();
  await assert.rejects(reader.read(), { name: "AbortError" });
  await assertClosed(line, hungUpAt);
});
