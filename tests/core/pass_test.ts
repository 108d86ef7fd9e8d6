/** POST /v1/chat/completions through the whole program, to a provider of bare sockets. */
import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { plugins } from "../../plugins/mod.ts";
import { providers } from "../../providers/mod.ts";
import { type Line, SSE_HEAD, startRawServer } from "../support/raw_server.ts";
import { withoutJitter } from "../support/waits.ts";

const KEY = "sk-of-the-provider";
const FRAME = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n';

function start(speak: (line: Line, index: number) => unknown, settings = {}) {
  const upstream = startRawServer(speak);
  const config = parseConfig({
    OPENAI_BASE_URL: upstream.baseUrl,
    OPENAI_API_KEY: KEY,
    ...settings,
  });
  const program = assemble(config, { plugins, providers, version: "0" });
  return {
    upstream,
    drain: program.drain,
    ask: (fields = {}) =>
      program.serve(
        new Request("http://127.0.0.1/v1/chat/completions", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ model: "m", messages: [], ...fields }),
        }),
        { address: "127.0.0.1" },
      ),
    async metrics() {
      const page = new Request("http://127.0.0.1/metrics");
      return await (await program.serve(page, { address: "127.0.0.1" })).text();
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

function answer(status: number, body: string, head = ""): string {
  return `HTTP/1.1 ${status} Odd\r\ncontent-type: application/json\r\n` +
    `content-length: ${body.length}\r\n${head}\r\n${body}`;
}

for (const [first, second] of [[503, 429], [500, 408], [502, 409]] as const) {
  Deno.test(`a pass-through that is refused with ${first} and ${second} is asked again, unseen`, () =>
    withoutJitter(async () => {
      const answers = [answer(first, "{}"), answer(second, "{}"), answer(200, '{"id":"x"}')];
      await using provider = start((line, index) => line.write(answers[index]!));
      const response = await provider.ask();
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { id: "x" });
      assert.equal(provider.upstream.asked, 3);
    }));
}

Deno.test("a pass-through goes on to the next model of the list", () =>
  withoutJitter(async () => {
    const unknown = '{"error":{"message":"The model one does not exist"}}';
    const answers = [answer(404, unknown), answer(200, '{"id":"x"}')];
    await using provider = start((line, index) => line.write(answers[index]!), {
      BIG_MODEL: "one,two",
    });
    const response = await provider.ask({ model: "claude-opus" });
    assert.deepEqual(await response.json(), { id: "x" });
  }));

Deno.test("a pass-through's refusal reaches the client as it came, but for our key", async () => {
  const said = `{"error":{"message":"${KEY} may not","odd":[1]}}`;
  await using provider = start((line) => line.write(answer(400, said, "x-odd: 1\r\n")));
  const response = await provider.ask();
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("x-odd"), null);
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.match(response.headers.get("request-id") ?? "", /^req_/);
  assert.equal(await response.text(), said.replace(KEY, "[hidden]"));
  assert.match(await provider.metrics(), /requests_total\{[^}]*status="400"\} 1/);
});

Deno.test("the end of the program waits for a pass-through stream", async () => {
  const goOn = Promise.withResolvers<void>();
  await using provider = start(async (line) => {
    await line.write(SSE_HEAD + FRAME);
    await goOn.promise;
    await line.write("data: [DONE]\n\n");
    line.close();
  });
  const reader = (await provider.ask({ stream: true })).body!.getReader();
  let drained = false;
  const draining = provider.drain(60_000).then(() => drained = true);
  await reader.read();
  assert.equal(drained, false);
  goOn.resolve();
  while (!(await reader.read()).done);
  await draining;
});

Deno.test("a pass-through stream that outlasts the grace time ends with a frame that says so", async () => {
  await using provider = start((line) => line.write(SSE_HEAD + FRAME));
  const response = await provider.ask({ stream: true });
  const text = response.text();
  await provider.drain(0);
  const [first, last] = (await text).split("\n\n\n\n");
  assert.equal(first, FRAME.trimEnd());
  assert.deepEqual(JSON.parse(last!.replace("data: ", "")), {
    error: {
      message: "ccproxy was stopped before the answer was complete",
      type: "overloaded_error",
    },
  });
});

Deno.test("a whole pass-through answer that breaks off fails", async () => {
  await using provider = start(async (line) => {
    await line.write(answer(200, '{"id":').replace("content-length: 6", "content-length: 60"));
    line.close();
  });
  const response = await provider.ask();
  await assert.rejects(response.text());
  await provider.drain(60_000);
});
