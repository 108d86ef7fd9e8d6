/** An upstream that breaks anywhere, or says anything. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SSE_HEAD } from "../support/raw_server.ts";
import { assertHonest, ending } from "./honest.ts";
import { chunked, CHUNKED_HEAD, FRAMES, startStage } from "./stage.ts";

const encoder = new TextEncoder();

const STREAM = encoder.encode(FRAMES.join(""));

/** Bytes until the frame with the finish reason is complete: from here on a break costs nothing. */
const FINISHED = encoder.encode(FRAMES.slice(0, -2).join("")).length;

for (const framing of ["close", "chunked"] as const) {
  Deno.test(`an upstream that hangs up at each byte of a stream is never taken for one that ended (${framing})`, async () => {
    await using stage = startStage(async (line, index) => {
      const part = STREAM.subarray(0, index);
      await line.write(framing === "close" ? SSE_HEAD : CHUNKED_HEAD);
      if (part.length > 0) await line.write(framing === "close" ? part : chunked(part));
      line.close();
    });
    // Where the connection ends well, the end stands for the blank line after the frame.
    const finished = framing === "close" ? FINISHED - 2 : FINISHED;
    for (let offset = 0; offset <= STREAM.length; offset++) {
      const seen = await stage.ask();
      const label = `after ${offset} of ${STREAM.length} bytes`;
      assertHonest(seen, label);
      assert.equal(
        seen.error === undefined,
        offset >= finished,
        `${label}: ${seen.error?.message}`,
      );
    }
    assert.equal(stage.upstream.asked, STREAM.length + 1);
  });
}

Deno.test("a line without an end is cut off at 32 million characters, not when the memory is full", async () => {
  await using stage = startStage(async (line) => {
    await line.write(`${SSE_HEAD}data: `);
    const piece = encoder.encode("x".repeat(1024 * 1024));
    for (let sent = 0; sent < 40; sent++) await line.write(piece);
  });
  const { error } = await stage.ask();
  assert.match(error?.message ?? "", /more than 33554432 characters in one piece/);
});

Deno.test("nor does a whole answer, or a refusal, that never ends", async () => {
  await using stage = startStage(async (line, index) => {
    await line.write(
      `HTTP/1.1 ${index === 0 ? 200 : 500} Odd\r\ncontent-type: application/json\r\n\r\n`,
    );
    const piece = encoder.encode("x".repeat(1024 * 1024));
    for (let sent = 0; sent < 40; sent++) await line.write(piece);
  });
  for (const stream of [true, false]) {
    const { status, error } = await stage.ask(stream);
    assert.equal(status, 502);
    assert.match(error?.message ?? "", /more than 33554432 characters in one piece/);
  }
});

Deno.test("any bytes as a stream are an answer in the grammar, or an error", async () => {
  let bytes = new Uint8Array();
  await using stage = startStage((line) => ending(SSE_HEAD, bytes)(line));
  const frame = fc.constantFrom(...FRAMES, "\n\n", "data:", "event: x\n", "{", "\r\n", "[DONE]");
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((array) => new Uint8Array(array)),
    frame.map((text) => encoder.encode(text)),
    fc.tuple(frame, fc.nat(99)).map(([text, cut]) => encoder.encode(text).slice(cut)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      bytes = new Uint8Array(pieces.flatMap((part) => [...part]));
      assertHonest(await stage.ask(), new TextDecoder().decode(bytes));
    }),
    { numRuns: 300 },
  );
});

Deno.test("any bytes as HTTP are an error, and the next request is served", async () => {
  let bytes = new Uint8Array();
  await using stage = startStage((line) => ending("", bytes)(line));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (array) => {
      bytes = new Uint8Array(array);
      const { status, error } = await stage.ask();
      assert.equal(status, 502);
      assert.match(error?.message ?? "", /cannot be reached/);
    }),
    { numRuns: 100 },
  );
});
