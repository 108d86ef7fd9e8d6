/** An upstream that answers wrongly. Each row: what it does, and what the client sees (docs/reliability.md). */
import assert from "node:assert/strict";
import { type Line, SSE_HEAD } from "../support/raw_server.ts";
import { assertHonest, ending } from "./honest.ts";
import { chunk, chunked, CHUNKED_HEAD, says, type Seen, startStage } from "./stage.ts";

const encoder = new TextEncoder();

interface Fault {
  readonly does: string;
  speak(line: Line): unknown;
  /** The text of a right answer, or what the error says. */
  readonly sees: string | RegExp;
}

async function gzipped(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const DONE = "data: [DONE]\n\n";
const LONG = "x".repeat(1024 * 1024);
const JSON_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

const FAULTS: readonly Fault[] = [
  { does: "hangs up without a word", speak: (line) => line.close(), sees: /cannot be reached/ },
  {
    does: "answers with something that is not HTTP",
    speak: ending("SSH-2.0-OpenSSH_9\r\n"),
    sees: /cannot be reached/,
  },
  { does: "says nothing in a good answer", speak: ending(SSE_HEAD), sees: /broke off/ },
  { does: "says only [DONE]", speak: ending(SSE_HEAD, DONE), sees: /broke off/ },
  { does: "says only a comment", speak: ending(SSE_HEAD, ": keep-alive\n\n"), sees: /broke off/ },
  {
    does: "says one byte at a time",
    async speak(line) {
      await line.write(SSE_HEAD);
      for (const byte of encoder.encode(says("Hällo", "stop") + DONE)) {
        await line.write(new Uint8Array([byte]));
      }
      line.close();
    },
    sees: "Hällo",
  },
  {
    does: "sends garbage",
    speak: ending(SSE_HEAD, crypto.getRandomValues(new Uint8Array(4096))),
    sees: /broke off|not JSON/,
  },
  {
    does: "sends garbage as data",
    speak: ending(SSE_HEAD, "data: \u0000\u0001{{{\n\n"),
    sees: /not JSON/,
  },
  {
    does: "sends garbage in the middle",
    speak: ending(SSE_HEAD, says("Hi"), "data: }\n\n", DONE),
    sees: /not JSON/,
  },
  {
    does: "sends a web page",
    speak: ending(
      "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n",
      "<html><title>Welcome to nginx</title>",
    ),
    sees: /Welcome to nginx/,
  },
  {
    does: "promises more bytes than it sends",
    speak: ending(
      `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n`,
      says("Hi"),
    ),
    sees: /connection to generic broke/,
  },
  {
    does: "promises fewer bytes than it sends",
    speak: ending(
      `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 40\r\n\r\n`,
      says("Hi", "stop") + DONE,
    ),
    sees: /broke off/,
  },
  {
    does: "breaks the framing of HTTP",
    speak: ending(CHUNKED_HEAD, chunked(encoder.encode(says("Hi"))), "zz\r\n"),
    sees: /connection to generic broke/,
  },
  {
    does: "compresses with gzip",
    speak: async (line) =>
      ending(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n",
        await gzipped(says("Hi", "stop") + DONE),
      )(line),
    sees: "Hi",
  },
  {
    does: "calls plain text gzip",
    speak: ending(
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n",
      says("Hi", "stop") + DONE,
    ),
    sees: /connection to generic broke/,
  },
  { does: "sends a line of 1 MB", speak: ending(SSE_HEAD, says(LONG, "stop") + DONE), sees: LONG },
  {
    does: "sends 100,000 tiny frames",
    speak: ending(SSE_HEAD, says("x").repeat(100_000), says("", "stop") + DONE),
    sees: "x".repeat(100_000),
  },
  {
    does: "finishes twice",
    speak: ending(SSE_HEAD, says("Hi", "stop"), says("", "stop") + DONE + DONE),
    sees: "Hi",
  },
  {
    does: "goes on after the end",
    speak: ending(SSE_HEAD, says("Hi", "stop") + DONE, says("there")),
    sees: "Hi",
  },
  { does: "ends without a finish reason", speak: ending(SSE_HEAD, says("Hi") + DONE), sees: "Hi" },
  {
    does: "ends with a fault as its finish reason",
    speak: ending(SSE_HEAD, says("Hi"), says("", "error")),
    sees: /./,
  },
  {
    does: "ends with an error in a frame",
    speak: ending(SSE_HEAD, says("Hi"), chunk({ error: { message: "The worker died" } })),
    sees: /The worker died/,
  },
  { does: "says null", speak: ending(`${JSON_HEAD}\r\n`, "null"), sees: /broke off|empty/ },
  {
    does: "cuts its JSON short",
    speak: ending(`${JSON_HEAD}\r\n`, '{"choices":[{"mess'),
    sees: /did not answer with JSON/,
  },
  {
    does: "sends an empty body as JSON",
    speak: ending(`${JSON_HEAD}content-length: 0\r\n\r\n`),
    sees: /did not answer with JSON/,
  },
  {
    does: "redirects",
    speak: ending(
      "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/steal\r\ncontent-length: 0\r\n\r\n",
    ),
    sees: /redirect, which is not followed/,
  },
  {
    does: "sends a head without end",
    speak: ending(`HTTP/1.1 200 OK\r\n${"x-filler: y\r\n".repeat(60_000)}`),
    sees: /cannot be reached/,
  },
];

for (const { does, speak, sees } of FAULTS) {
  for (const stream of [true, false]) {
    Deno.test(`an upstream that ${does}, asked ${stream ? "for a stream" : "for all at once"}`, async () => {
      await using stage = startStage(speak);
      const seen = await stage.ask(stream);
      assertHonestAnswer(seen, sees);
      // It lives, and the next one is answered as well.
      assertHonestAnswer(await stage.ask(stream), sees);
    });
  }
}

function assertHonestAnswer(seen: Seen, sees: string | RegExp): void {
  if (seen.events.length > 0) assertHonest(seen, "");
  if (typeof sees === "string") {
    assert.equal(seen.error, undefined, seen.error?.message);
    assert.ok(seen.text === sees, `said ${seen.text.slice(0, 99)}`);
  } else {
    assert.match(seen.error?.message ?? `no error, but "${seen.text}"`, sees);
  }
}
