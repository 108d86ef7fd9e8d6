import assert from "node:assert/strict";
import { BlockWriter } from "../../../core/convert/blocks.ts";
import type { Event } from "../../../core/protocol/anthropic.ts";

Deno.test("BlockWriter takes endless white space before a text in its stride", () => {
  const events: Event[] = [];
  const blocks = new BlockWriter({
    emit: (event) => events.push(event),
    signature: () => "",
    hideThinking: false,
  });
  const startedAt = performance.now();
  for (let delta = 0; delta < 50_000; delta++) blocks.text("     ");
  const took = performance.now() - startedAt;
  assert.ok(took < 1_500, `${took} ms`);
  blocks.text("Hello");
  blocks.close();
  assert.deepEqual(events.map(({ type }) => type), [
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
  ]);
});
