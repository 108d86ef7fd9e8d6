/** What upstreams answer that is no answer: a clean result where it can be read, else a clean error. */
import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { messagesRequest } from "../support/post.ts";
import { QUESTION } from "../support/through.ts";

const SSE = "text/event-stream";
const JSON_TYPE = "application/json";

function chunk(content: unknown, finish_reason?: string): string {
  return JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason }] });
}

function frames(...texts: readonly string[]): string {
  return texts.map((text) => `data: ${text}\n\n`).join("");
}

const WHOLE = JSON.stringify({
  object: "chat.completion",
  choices: [{ message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 2 },
});

const STREAM = frames(chunk("Hel"), chunk("lo."), chunk("", "stop"), "[DONE]");

const PAGE = "<!doctype html><html><head><title>Sign in</title></head><body>Hello</body></html>";

interface Shape {
  readonly sentence: string;
  readonly type: string;
  readonly body: string;
  /** The text of the message, or what the error says. */
  readonly expect: string | RegExp;
  /** Which kinds of request; by default both. */
  readonly asked?: "stream" | "whole";
}

const SHAPES: readonly Shape[] = [
  {
    sentence: "a chunk that is not JSON at the start",
    type: SSE,
    body: frames("Hello", chunk("Hello.", "stop")),
    expect: /^The provider sent a frame that is not JSON: Hello$/,
  },
  {
    sentence: "a chunk that is not JSON after the end, which costs nothing",
    type: SSE,
    body: frames(chunk("Hello."), chunk("", "stop"), "bye"),
    expect: "Hello.",
  },
  ...["null", "5", '"text"', "[]", "{}", '{"foo":1}', '{"choices":5}', '{"choices":[null]}'].map(
    (text) => ({
      sentence: `a chunk ${text} among others, which is passed over`,
      type: SSE,
      body: frames(chunk("Hel"), text, chunk("lo."), chunk("", "stop"), "[DONE]"),
      expect: "Hello.",
    }),
  ),
  ...['{"foo":1}', "[]", "null", '{"choices":[]}', '{"choices":null}'].map((text) => ({
    sentence: `nothing but the chunk ${text}`,
    type: SSE,
    body: frames(text, "[DONE]"),
    expect: /broke off|nothing|empty/,
  })),
  {
    sentence: "a delta whose fields are of other kinds",
    type: SSE,
    body: frames(
      '{"choices":[{"delta":"Hi"}]}',
      '{"choices":[{"delta":{"content":5,"tool_calls":{"a":1},"reasoning_content":true}}]}',
      chunk("Hello."),
      chunk("", "stop"),
    ),
    expect: "Hello.",
  },
  ...["text/html; charset=utf-8", "text/plain", SSE, JSON_TYPE].map((type) => ({
    sentence: `a web page as ${type}`,
    type,
    body: PAGE,
    expect: /a web page instead of an answer: "Sign in"|web page/,
  })),
  ...[SSE, JSON_TYPE, "text/plain"].map((type) => ({
    sentence: `an empty body as ${type}`,
    type,
    body: "",
    expect: /broke off|nothing|empty|not answer with JSON/,
  })),
  {
    sentence: "a whole answer for a stream",
    type: JSON_TYPE,
    body: WHOLE,
    expect: "Hello.",
    asked: "stream",
  },
  {
    sentence: "a whole answer for a stream, as text/event-stream",
    type: SSE,
    body: WHOLE,
    expect: "Hello.",
  },
  {
    sentence: "a whole answer over several lines, as text/event-stream",
    type: SSE,
    body: JSON.stringify(JSON.parse(WHOLE), undefined, 2),
    expect: "Hello.",
  },
  {
    sentence: "a stream for a whole answer",
    type: SSE,
    body: STREAM,
    expect: "Hello.",
    asked: "whole",
  },
  {
    sentence: "a stream for a whole answer, as application/json",
    type: JSON_TYPE,
    body: STREAM,
    expect: "Hello.",
  },
  {
    sentence: "half a whole answer",
    type: JSON_TYPE,
    body: WHOLE.slice(0, 60),
    expect: /did not answer with JSON/,
  },
  { sentence: "a whole answer that is a list", type: JSON_TYPE, body: "[]", expect: /broke off/ },
  {
    sentence: "an error in the place of a stream",
    type: JSON_TYPE,
    body: '{"error":{"message":"No luck"}}',
    expect: /No luck/,
  },
  {
    sentence: "an error in a bare line",
    type: SSE,
    body: '{"error":"No luck"}\n',
    expect: /No luck/,
  },
  {
    sentence: "a list of errors",
    type: JSON_TYPE,
    body: '[{"error":{"message":"No luck"}}]',
    expect: /No luck/,
  },
];

for (const { sentence, type, body, expect, asked } of SHAPES) {
  for (const kind of ["stream", "whole"] as const) {
    if (asked !== undefined && asked !== kind) continue;
    Deno.test(`${sentence} (asked for a ${kind} answer)`, async () => {
      await using provider = answering(type, body);
      const { status, text, error } = await ask(provider.baseUrl, kind === "stream");
      if (typeof expect === "string") {
        assert.equal(error, undefined);
        assert.equal(text, expect);
        assert.equal(status, 200);
      } else {
        assert.match(error?.message ?? `no error, but "${text}"`, expect);
        assert.equal(status, 502);
      }
    });
  }
}

Deno.test("a chunk that is not JSON in the middle keeps what was said, and is an error", async () => {
  const body = frames(chunk("Hello."), "oops", chunk("", "stop"));
  await using provider = answering(SSE, body);
  const { text, error } = await ask(provider.baseUrl, true);
  assert.equal(text, "Hello.");
  assert.match(error?.message ?? "", /a frame that is not JSON: oops/);
});

function answering(type: string, body: string) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (asked) => {
      await asked.text();
      return new Response(body, { headers: { "content-type": type } });
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

interface Heard {
  readonly status: number;
  readonly text: string;
  readonly error?: { readonly type: string; readonly message: string };
}

async function ask(baseUrl: string, stream: boolean): Promise<Heard> {
  const config = parseConfig({ PROVIDER: "mine" });
  const program = assemble(config, {
    providers: { mine: { baseUrl } },
    plugins: [],
    version: "0.0.0",
  });
  const request = messagesRequest({ ...QUESTION, stream });
  const response = await program.serve(request, { address: "127.0.0.1" });
  const { status } = response;
  const said = await response.text();
  if (!response.headers.get("content-type")?.includes("event-stream")) {
    const { content, error } = JSON.parse(said);
    return { status, error, text: (content ?? []).map(({ text = "" }) => text).join("") };
  }
  const events = said.split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)));
  return {
    status,
    text: events.map(({ delta }) => delta?.text ?? "").join(""),
    error: events.find(({ type }) => type === "error")?.error,
  };
}
