import assert from "node:assert/strict";
import fc from "fast-check";
import { toMessage } from "../../../core/convert/message.ts";
import { stopAt } from "../../../core/convert/stop.ts";
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

Deno.test("stopAt() gives back what only looked like the beginning of a sequence", () => {
  const message = cut(["a </blo", "ck and </"], ["</block>"]);
  assert.deepEqual(message.content, [{ type: "text", text: "a </block and </" }]);
  assert.equal(message.stop_reason, "end_turn");
});
