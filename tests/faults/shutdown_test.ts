/** The end of the program, as a load balancer and a client see it. */
import assert from "node:assert/strict";
import { post } from "../support/post.ts";
import { SSE_HEAD, startPausingServer, startRawServer } from "../support/raw_server.ts";
import { type ProxyProcess, startProxyProcess } from "../support/proxy_process.ts";

const CHUNK = `data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n`;

function ask({ url }: ProxyProcess, stream = true): Promise<Response> {
  return post(url, { stream });
}

/** Reads on until the text is among what came. */
async function readUntil(reader: ReadableStreamDefaultReader<string>, text: string) {
  let read = "";
  while (!read.includes(text)) {
    const { value, done } = await reader.read();
    assert.ok(!done, `the stream ended after ${read}`);
    read += value;
  }
}

async function health(proxy: ProxyProcess): Promise<[number, string]> {
  const response = await fetch(`${proxy.url}/health`);
  return [response.status, (await response.json()).status];
}

async function untilDraining(proxy: ProxyProcess): Promise<void> {
  while ((await health(proxy))[0] === 200);
}

Deno.test("SIGTERM lets a running stream finish, takes nothing new, and says so on /health", async () => {
  const goOn = Promise.withResolvers<void>();
  await using upstream = startPausingServer(goOn.promise);
  await using proxy = await startProxyProcess({ settings: { OPENAI_BASE_URL: upstream.baseUrl } });
  const response = await ask(proxy);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await readUntil(reader, "content_block_delta");
  proxy.kill("SIGTERM");
  await untilDraining(proxy);
  assert.deepEqual(await health(proxy), [503, "draining"]);
  // `deno task` passes on the Ctrl+C that the terminal has sent to all already.
  proxy.kill("SIGTERM");
  const refused = await ask(proxy);
  assert.equal(refused.status, 529);
  assert.equal(refused.headers.get("x-should-retry"), "true");
  assert.equal((await refused.json()).error.type, "overloaded_error");
  goOn.resolve();
  await readUntil(reader, "message_stop");
  assert.ok((await reader.read()).done);
  assert.equal((await proxy.status).code, 0);
});

Deno.test("a stream that outlasts the grace time ends with an error event, the program with 0", async () => {
  const bothAsked = Promise.withResolvers<void>();
  await using upstream = startRawServer((line, index) => {
    if (index === 1) bothAsked.resolve();
    return line.write(SSE_HEAD + CHUNK);
  });
  await using proxy = await startProxyProcess({
    settings: { OPENAI_BASE_URL: upstream.baseUrl, SHUTDOWN_GRACE: "1" },
  });
  const response = await ask(proxy);
  const whole = ask(proxy, false);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await readUntil(reader, "content_block_delta");
  await bothAsked.promise;
  proxy.kill("SIGTERM");
  await readUntil(reader, "overloaded_error");
  assert.ok((await reader.read()).done);
  const cut = await whole;
  assert.equal(cut.status, 529);
  assert.match((await cut.json()).error.message, /stopped before the answer was complete/);
  assert.equal((await proxy.status).code, 0);
  assert.match(proxy.output(), /529/);
});

Deno.test("a second signal ends the program at once", async () => {
  await using upstream = startRawServer((line) => line.write(SSE_HEAD + CHUNK));
  await using proxy = await startProxyProcess({ settings: { OPENAI_BASE_URL: upstream.baseUrl } });
  const response = await ask(proxy);
  proxy.kill("SIGINT");
  await untilDraining(proxy);
  const impatience = setInterval(() => proxy.kill("SIGINT"), 100);
  const { code } = await proxy.status;
  clearInterval(impatience);
  assert.equal(code, 1);
  await assert.rejects(response.text());
});

Deno.test("a program without work ends at once", async () => {
  await using proxy = await startProxyProcess({
    settings: { OPENAI_BASE_URL: "http://127.0.0.1:9/v1" },
  });
  proxy.kill("SIGTERM");
  assert.equal((await proxy.status).code, 0);
});
