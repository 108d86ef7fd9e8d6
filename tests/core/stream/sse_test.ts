import assert from "node:assert/strict";
import { encodeEvents, FrameReader } from "../../../core/stream/sse.ts";

async function read(...pieces: readonly (string | Uint8Array<ArrayBuffer>)[]): Promise<string[]> {
  const bytes = pieces.map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : piece
  );
  const reader = new FrameReader(
    ReadableStream.from(bytes) as ReadableStream<Uint8Array<ArrayBuffer>>,
  );
  const frames: string[] = [];
  for (let next = await reader.next(); next; next = await reader.next()) frames.push(...next);
  return [...frames, ...reader.rest()];
}

const DIALECTS: readonly [string, string, readonly string[]][] = [
  ["plain", "data: a\n\ndata: b\n\n", ["a", "b"]],
  ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
  ["no space", "data:a\n\n", ["a"]],
  ["comments", ": OPENROUTER PROCESSING\n\ndata: a\n\n: keep-alive\n\n", ["a"]],
  ["other fields", "event: data\nid: 1\nretry: 5\ndata: a\n\n", ["a"]],
  ["several data lines", "data: {\ndata: }\n\n", ["{\n}"]],
  ["a byte order mark", "\ufeffdata: a\n\n", ["a"]],
  ["blank lines first", "\n\n\ndata: a\n\n", ["a"]],
  ["no blank line last", "data: a\n\ndata: b", ["a", "b"]],
  ["nothing", "", []],
];

for (const [dialect, text, frames] of DIALECTS) {
  Deno.test(`FrameReader reads server-sent events with ${dialect}`, async () => {
    assert.deepEqual(await read(text), frames);
    assert.deepEqual(await read(...text), frames, "a character at a time");
  });
}

Deno.test("FrameReader reads characters that are cut between two reads", async () => {
  const bytes = new TextEncoder().encode("data: \u{1f600}\u00e9\n\n");
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(await read(bytes.slice(0, at), bytes.slice(at)), ["\u{1f600}\u00e9"]);
  }
});

Deno.test("FrameReader reads an error on a bare line (Q5)", async () => {
  assert.deepEqual(await read('data: a\n\n{"error":"x"}\n\n'), ["a", '{"error":"x"}']);
});

Deno.test("FrameReader reads a frame of several megabytes", async () => {
  const long = "x".repeat(3_000_000);
  assert.deepEqual(await read(`data: ${long}\n\n`), [long]);
});

Deno.test("encodeEvents() names each event, because the client reads no other (section 5.2)", () => {
  const text = new TextDecoder().decode(encodeEvents([{ type: "ping" }, { type: "message_stop" }]));
  assert.equal(
    text,
    'event: ping\ndata: {"type":"ping"}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
  );
});
