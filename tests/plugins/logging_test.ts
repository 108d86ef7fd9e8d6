import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { plugins } from "../../plugins/mod.ts";
import { providers } from "../../providers/mod.ts";
import { messagesRequest } from "../support/post.ts";
import { recordsOf } from "../support/records.ts";
import { type Answer, startUpstream } from "../support/scripted_upstream.ts";

/** Sends one request through the program; `use` reads or leaves the response. Returns what was logged. */
async function logOf(
  answers: readonly Answer[],
  use: (response: Response, hangUp: () => void) => Promise<unknown>,
  settings: Record<string, string> = {},
): Promise<LogRecord[]> {
  await using upstream = startUpstream(answers);
  const config = parseConfig({
    OPENAI_BASE_URL: upstream.baseUrl,
    BIG_MODEL: "kimi-k2",
    MAX_RETRIES: "1",
    ...settings,
  });
  const { serve } = assemble(config, { plugins, providers, version: "0" });
  const controller = new AbortController();
  const request = messagesRequest({
    model: "claude-opus-5-5",
    stream: true,
    messages: [{ role: "user", content: "Secret plans" }],
  }, { headers: { "x-odd": "kept out" }, signal: controller.signal });
  return await recordsOf(async () =>
    use(await serve(request, { address: "127.0.0.1" }), () => controller.abort())
  );
}

function lineOf(records: readonly LogRecord[]): Record<string, unknown> {
  const lines = records.filter(({ category }) => category.at(-1) === "request");
  assert.equal(lines.length, 1, "one line per request");
  return lines[0]!.properties;
}

const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 7,
  prompt_tokens_details: { cached_tokens: 60 },
};

Deno.test("logging() writes one line with every figure of a request", async () => {
  const answers: Answer[] = [
    { error: { status: 503, headers: { "retry-after": "0" }, body: {} } },
    { text: "Hello", usage: USAGE },
  ];
  const { id, first_byte_ms, duration_ms, overhead_ms, ...rest } = lineOf(
    await logOf(answers, (response) => response.text()),
  );
  assert.match(String(id), /^req_/);
  for (const figure of [first_byte_ms, duration_ms, overhead_ms]) {
    assert.ok(Number(figure) >= 0, String(figure));
  }
  assert.ok(Number(overhead_ms) > 0 && Number(overhead_ms) <= Number(duration_ms) + 1);
  assert.deepEqual(rest, {
    client: "-",
    model_asked: "claude-opus-5-5",
    model_used: "kimi-k2",
    provider: "generic",
    stream: true,
    status: 200,
    stop_reason: "end_turn",
    input_tokens: 40,
    cached_tokens: 60,
    output_tokens: 7,
    retries: 1,
  });
});

Deno.test("what the client is spared has a line too, each time", async () => {
  const records = await logOf(
    [
      { error: { status: 503, headers: { "retry-after": "0" }, body: { error: "Overloaded" } } },
      {},
      { reasoning: "Hm." },
      { text: "Hello" },
    ],
    (response) => response.text(),
    { MAX_RETRIES: "3" },
  );
  const lines = records.filter(({ category }) => category.at(-1) === "retry");
  assert.deepEqual(lines.map(({ properties: { model, reason } }) => [model, reason]), [
    ["kimi-k2", "generic: Overloaded"],
    ["kimi-k2", "it ended its answer without a word"],
  ]);
});

Deno.test("logging() names the status and the sentence of a failure", async () => {
  const refusal = { error: { message: "no such model" } };
  const line = lineOf(
    await logOf([{ error: { status: 404, body: refusal } }], (response) => response.text()),
  );
  assert.equal(line["status"], 404);
  assert.match(String(line["error"]), /no such model/);
});

Deno.test("logging() writes a line for a stream that broke off", async () => {
  const frame = `data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n`;
  const broken = { choices: [], error: { message: "overheated", code: 500 } };
  const raw = [frame, `data: ${JSON.stringify(broken)}\n\n`];
  const line = lineOf(await logOf([{ raw }], (response) => response.text()));
  assert.notEqual(line["status"], 200);
  assert.match(String(line["error"]), /overheated/);
});

Deno.test("logging() writes a line for a client that left", async () => {
  const gone = Promise.withResolvers<void>();
  async function* stalled() {
    yield `data: {"choices":[{"index":0,"delta":{"content":"on "}}]}\n\n`;
    await gone.promise;
  }
  const line = lineOf(
    await logOf([{ raw: stalled() }], async (response, hangUp) => {
      const reader = response.body!.getReader();
      await reader.read();
      hangUp();
      await reader.cancel();
      gone.resolve();
    }),
  );
  assert.equal(line["status"], 499);
});

Deno.test("logging() at DEBUG shows both dialects and the mapping", async () => {
  const records = await logOf([{ text: "Hello" }], (response) => response.text(), {
    LOG_LEVEL: "DEBUG",
  });
  const bodies = records.filter(({ category }) => category.at(-1) === "body");
  assert.deepEqual(bodies.map(({ rawMessage }) => rawMessage), [
    "{id} the client asks for {model}",
    "{id} {asked} is mapped to {model} and asked at {url}",
    "{id} the provider answers {status}",
    "{id} the provider said",
    "{id} the client was told",
  ]);
  const [asks, asked, , said, told] = bodies.map(({ properties }) => properties);
  assert.match(String(asks!["body"]), /Secret plans/);
  assert.equal(asked!["model"], "kimi-k2");
  assert.deepEqual(asked!["headers_not_forwarded"], ["x-odd"]);
  assert.match(String(asked!["body"]), /"stream_options"/);
  assert.match(String(said!["body"]), /chat\.completion\.chunk/);
  assert.match(String(told!["body"]), /message_stop/);
});

Deno.test("logging() at DEBUG shows no prompt where LOG_BODIES is off", async () => {
  const records = await logOf([{ text: "A secret answer" }], (response) => response.text(), {
    LOG_LEVEL: "DEBUG",
    LOG_BODIES: "false",
  });
  assert.doesNotMatch(JSON.stringify(records), /secret/i);
});
