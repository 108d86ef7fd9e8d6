import assert from "node:assert/strict";
import fc from "fast-check";
import { toMessage } from "../../../core/convert/message.ts";
import { stopAt } from "../../../core/convert/stop.ts";
import type { Event } from "../../../core/protocol/anthropic.ts";
import { drive } from "../../../core/stream/drive.ts";
import { textStream } from "../../support/text_stream.ts";

function cut(pieces: readonly string[], sequences: readonly string[]) {
  return toMessage(textStream(pieces, stopAt(sequences)));
}

Deno.test("stopAt() cuts the text at the first sequence, however the text is split", () => {
  const text = "<block>no</block> and more";
  fc.assert(fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
    const places = [0, ...cuts.toSorted((one, other) => one - other), text.length];
    const pieces = places.slice(1).map((end, position) => text.slice(places[position], end));
    const message = cut(pieces, ["</block>", "more"]);
    assert.deepEqual(message.content, [{ type: "text", text: "<block>no" }]);
    assert.equal(message.stop_reason, "stop_sequence");
    assert.equal(message.stop_sequence, "</block>");
  }));
});

Deno.test("stopAt() keeps what one text ends with out of the next", () => {
  const stage = drive(stopAt(["</block>"]));
  const out: Event[] = [];
  for (const index of [0, 1]) {
    const delta = { type: "text_delta" as const, text: `text ${index} </` };
    const content_block = { type: "text" as const, text: "" };
    stage.write({ type: "content_block_start", index, content_block }, out);
    stage.write({ type: "content_block_delta", index, delta }, out);
    stage.write({ type: "content_block_stop", index }, out);
  }
  const said = out.flatMap((event) =>
    event.type === "content_block_delta" && event.delta.type === "text_delta"
      ? [event.delta.text]
      : []
  );
  assert.equal(said.join(""), "text 0 </text 1 </");
});

Deno.test("stopAt() sends no delta without text", () => {
  const events = textStream(["</", "block>"], stopAt(["</block>"]));
  assert.deepEqual(events.filter(({ type }) => type === "content_block_delta"), []);
});

Deno.test("stopAt() gives back what only looked like the beginning of a sequence", () => {
  const message = cut(["a </blo", "ck and </"], ["</block>"]);
  assert.deepEqual(message.content, [{ type: "text", text: "a </block and </" }]);
  assert.equal(message.stop_reason, "end_turn");
});
