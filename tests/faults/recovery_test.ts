/** What the client is spared: retries, other models, a dead upstream; and what it cannot do to us. */
import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import type { Anthropic } from "../../core/contract.ts";
import { toMessage } from "../../core/convert/message.ts";
import { plugins } from "../../plugins/mod.ts";
import { providers } from "../../providers/mod.ts";
import { messagesRequest } from "../support/post.ts";
import { type Answer, startUpstream } from "../support/scripted_upstream.ts";
import { checkBrokenGrammar, checkGrammar } from "../support/grammar.ts";
import { SSE_HEAD } from "../support/raw_server.ts";
import { FRAMES, startStage, TOOLS } from "./stage.ts";
import { withoutJitter } from "../support/waits.ts";

const REFUSED: Answer = { error: { status: 503, body: { error: { message: "Overloaded" } } } };

/** A whole program in front of a script. */
function startProgram(script: Parameters<typeof startUpstream>[0], settings = {}) {
  const upstream = startUpstream(script);
  const config = parseConfig({ OPENAI_BASE_URL: upstream.baseUrl, MAX_RETRIES: "2", ...settings });
  const { serve } = assemble(config, { plugins, providers, version: "0" });
  return {
    upstream,
    ask: (stream: boolean, headers: Record<string, string> = {}, extra = {}) =>
      serve(messagesRequest({ stream, ...extra }, { headers }), { address: "127.0.0.1" }),
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

for (const stream of [true, false]) {
  const kind = stream ? "streamed" : "whole";

  Deno.test(`a model that fails for good is replaced, and the answer names what was asked for (${kind})`, () =>
    withoutJitter(async () => {
      await using program = startProgram(
        ({ model }) => model === "kimi-k2" ? REFUSED : { text: `I am ${model}` },
        { BIG_MODEL: "kimi-k2,glm-4.7" },
      );
      const response = await program.ask(stream);
      const text = await response.text();
      assert.equal(response.status, 200);
      assert.match(text, /"model":"claude-opus"/);
      const said = program.upstream.received.map(({ body }) => body.model);
      assert.deepEqual(said, ["kimi-k2", "kimi-k2", "kimi-k2", "glm-4.7"]);
    }));

  Deno.test(`an answer without a block is asked for again, then delivered as it is (${kind}, Q112)`, () =>
    withoutJitter(async () => {
      await using healed = startProgram([{}, {}, { text: "Hello" }]);
      assert.match(await (await healed.ask(stream)).text(), /Hello/);
      await using empty = startProgram([{}, {}, {}, { text: "one too many" }]);
      const response = await empty.ask(stream);
      assert.equal(response.status, 200);
      assert.match(await response.text(), /"stop_reason":"end_turn"/);
      assert.equal(empty.upstream.received.length, 3);
    }));
}

for (const stream of [true, false]) {
  const kind = stream ? "streamed" : "whole";

  Deno.test(`an answer of thoughts alone is followed by another one (${kind}, Q112)`, async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 7 };
    await using program = startProgram([
      { reasoning: "I should look.", usage },
      {
        reasoning: "Now.",
        text: "I look.",
        calls: [{ id: "call_1", name: "Bash", input: { command: "ls" } }],
        usage,
      },
    ]);
    const message = await messageOf(await program.ask(stream, {}, { tools: TOOLS }), stream);
    const said = stream ? ["thinking", "thinking"] : ["thinking"];
    assert.deepEqual(message.content.map(({ type }) => type), [...said, "text", "tool_use"]);
    assert.equal(message.stop_reason, "tool_use");
    assert.equal(message.usage.input_tokens, 9);
    assert.equal(message.usage.output_tokens, stream ? 14 : 7);
  });

  Deno.test(`an answer of thoughts alone is delivered at the third time (${kind}, Q112)`, async () => {
    await using program = startProgram(() => ({ reasoning: "Hm." }));
    const message = await messageOf(await program.ask(stream), stream);
    assert.ok(message.content.every(({ type }) => type === "thinking"));
    assert.equal(message.stop_reason, "end_turn");
    assert.equal(program.upstream.received.length, 3);
  });
}

Deno.test("thoughts alone that are followed by a fault end in it", async () => {
  await using program = startProgram([{ reasoning: "Hm." }, {
    error: { status: 400, body: { error: { message: "Now what?" } } },
  }]);
  const events = readEvents(await (await program.ask(true)).text());
  checkBrokenGrammar(events.slice(0, -1));
  const last = events.at(-1);
  assert.match(last?.type === "error" ? last.error.message : "", /Now what\?/);
});

function readEvents(text: string): Anthropic.Event[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));
}

async function messageOf(response: Response, stream: boolean): Promise<Anthropic.Message> {
  if (!stream) return await response.json();
  const events = readEvents(await response.text());
  checkGrammar(events);
  return toMessage(events);
}

Deno.test("a connection that breaks before the first word is made again, unseen", () =>
  withoutJitter(async () => {
    await using stage = startStage(async (line, index) => {
      if (index === 0) return line.close();
      await line.write(SSE_HEAD);
      if (index > 1) await line.write(FRAMES.join(""));
      line.close();
    }, { MAX_RETRIES: "2" });
    const seen = await stage.ask();
    assert.equal(seen.error, undefined);
    assert.equal(seen.text, "I will look. \u{1F600}");
    assert.equal(stage.upstream.asked, 3);
  }));

Deno.test("a stream that breaks after the first word is not asked for again", async () => {
  await using stage = startStage(async (line) => {
    await line.write(SSE_HEAD + FRAMES.slice(0, 4).join(""));
    line.close();
  }, { MAX_RETRIES: "2" });
  const seen = await stage.ask();
  assert.match(seen.error?.message ?? "", /broke off/);
  assert.equal(stage.upstream.asked, 1);
});

Deno.test("a client that left while we wait for another try is the last to ask", async () => {
  const failed = Promise.withResolvers<void>();
  const stage = startStage(async (line) => {
    await line.write(
      "HTTP/1.1 429 Slow down\r\nretry-after: 8\r\ncontent-length: 0\r\n\r\n",
    );
    failed.resolve();
  }, { MAX_RETRIES: "2", BIG_MODEL: "first,second" });
  const leave = new AbortController();
  const left = assert.rejects(stage.ask(true, leave.signal));
  await failed.promise;
  leave.abort();
  await left;
  await stage[Symbol.asyncDispose]();
  assert.equal(stage.upstream.asked, 1);
});

Deno.test("a dead upstream costs its time-out a few times, then nothing", () =>
  withoutJitter(async () => {
    await using program = startProgram(() => REFUSED, { MAX_RETRIES: "0" });
    for (let turn = 0; turn < 7; turn++) {
      const response = await program.ask(false);
      assert.equal(response.status, 529);
      await response.body?.cancel();
    }
    assert.equal(program.upstream.received.length, 5);
    const response = await program.ask(false);
    assert.ok(Number(response.headers.get("retry-after")) > 0);
    assert.match((await response.json()).error.message, /Overloaded .*5 times in a row/);
  }));

Deno.test("a short outage that retries outlive leaves no model alone", () =>
  withoutJitter(async () => {
    await using program = startProgram((_request, turn) => turn < 5 ? REFUSED : { text: "Hello" });
    const failed = await program.ask(false);
    assert.equal(failed.status, 529);
    await failed.body?.cancel();
    assert.equal((await program.ask(false)).status, 200);
  }));

Deno.test("a request sets neither the address nor the key nor a header of what is asked", async () => {
  await using program = startProgram(() => ({ text: "Hello" }), { OPENAI_API_KEY: "the-real-key" });
  const response = await program.ask(false, {
    authorization: "Bearer of-the-client",
    "x-api-key": "of-the-client",
    "api-key": "of-the-client",
    "x-base-url": "http://127.0.0.1:9",
    "openai-base-url": "http://127.0.0.1:9",
    "x-forwarded-host": "evil.example",
    cookie: "a=b",
  }, { base_url: "http://127.0.0.1:9", api_key: "of-the-client", extra_headers: { a: "b" } });
  assert.equal(response.status, 200);
  await response.body?.cancel();
  const [asked] = program.upstream.received;
  assert.equal(asked!.headers.get("authorization"), "Bearer the-real-key");
  const told = JSON.stringify([[...asked!.headers], asked!.body]);
  assert.doesNotMatch(told, /of-the-client|evil|127\.0\.0\.1:9"|a=b|extra_headers/);
});

Deno.test("of the upstream's headers none reaches the client but those that are ours to give", async () => {
  const headers = {
    "set-cookie": "a=b",
    "access-control-allow-origin": "*",
    "x-odd": "1",
    "content-encoding": "identity",
    "retry-after": "9",
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const body = '{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}';
  await using stage = startStage((line) =>
    line.write(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${head}\r\n${body}`,
    )
  );
  for (const path of ["/v1/messages", "/v1/chat/completions"]) {
    const response = await fetch(`${stage.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "claude-opus",
        max_tokens: 9,
        messages: [{ role: "user", content: "Hi" }],
      }),
    });
    await response.text();
    const names = [...response.headers.keys()].filter((name) =>
      !/^(?:date|vary|content-length|transfer-encoding)$/.test(name)
    );
    const expected = ["content-type", "request-id"];
    const passed = path.endsWith("completions") ? [...expected, "retry-after"] : expected;
    assert.deepEqual(names.sort(), passed.sort(), path);
  }
});
