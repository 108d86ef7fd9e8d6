/** What large requests and fast streams cost, measured on a process of its own. */
import assert from "node:assert/strict";
import { post } from "../support/post.ts";
import { startProxyProcess } from "../support/proxy_process.ts";

const MIB = 1024 * 1024;

const SSE = { "content-type": "text/event-stream" };

function startUpstream(answer: () => BodyInit) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      for await (const _bytes of request.body ?? []);
      return new Response(answer(), { headers: SSE });
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function ask(url: string, content: string): Promise<Response> {
  return post(url, { stream: true, messages: [{ role: "user", content }] });
}

const ANSWER = `data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n` +
  "data: [DONE]\n\n";

Deno.test({
  name: "a body of 63 MiB is answered, with less than three times its size at the peak",
  ignore: Deno.build.os !== "linux",
  // When memory is collected is the runtime's own choice, hence the retry.
  retry: 2,
  async fn() {
    await using upstream = startUpstream(() => ANSWER);
    await using proxy = await startProxyProcess({
      settings: { OPENAI_BASE_URL: upstream.baseUrl },
    });
    await (await ask(proxy.url, "Hi")).text();
    const before = (await proxy.memory()).now;
    const response = await ask(proxy.url, "The quick brown fox jumps over it. ".repeat(1_887_000));
    assert.match(await response.text(), /message_stop/);
    const growth = ((await proxy.memory()).peak - before) / (63 * MIB);
    assert.ok(growth < 3, `${growth.toFixed(2)} times the body`);
  },
});

Deno.test({
  name: "a slow reader of a fast stream of 40 MB holds the upstream back, and memory stays flat",
  ignore: Deno.build.os !== "linux",
  // When memory is collected is the runtime's own choice, hence the retry.
  retry: 2,
  async fn() {
    const frame = new TextEncoder().encode(
      `data: {"choices":[{"delta":{"content":${JSON.stringify("x".repeat(16_000))}}}]}\n\n`,
    );
    const frames = Math.ceil(40e6 / frame.length);
    let sent = 0;
    await using upstream = startUpstream(() =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          if (sent++ < frames) return controller.enqueue(frame.slice());
          controller.enqueue(new TextEncoder().encode(ANSWER));
          controller.close();
        },
      })
    );
    await using proxy = await startProxyProcess({
      settings: { OPENAI_BASE_URL: upstream.baseUrl },
    });
    const response = await ask(proxy.url, "Hi");
    const reader = response.body!.getReader();
    await reader.read();
    const before = (await proxy.memory()).now;
    const held = await untilStill(() => sent);
    assert.ok(
      held < frames,
      `the upstream sent all ${frames} frames to a reader that did not read`,
    );
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.byteLength;
    }
    assert.ok(bytes > 40e6);
    const growth = ((await proxy.memory()).peak - before) / MIB;
    assert.ok(growth < 40, `${growth.toFixed(0)} MiB`);
  },
});

/** The value once it has not changed for a quarter of a second. */
async function untilStill(read: () => number): Promise<number> {
  for (let last = -1;;) {
    const now = read();
    if (now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
