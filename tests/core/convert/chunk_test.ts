import assert from "node:assert/strict";
import type { MessageDelta } from "../../../core/protocol/openai.ts";
import { speaks, toChunk } from "../../../core/convert/chunk.ts";

const SILENT: readonly MessageDelta[] = [
  {},
  { role: "assistant" },
  { role: "assistant", content: "" },
  { content: null, reasoning: undefined, tool_calls: [] },
];

for (const delta of SILENT) {
  Deno.test(`speaks() takes ${JSON.stringify(delta)} for silence`, () => {
    assert.equal(speaks({ choices: [{ delta }] }), false);
  });
}

for (const delta of [{ content: "a" }, { anything: {} }, { tool_calls: [{ index: 0 }] }]) {
  Deno.test(`speaks() takes ${JSON.stringify(delta)} for something said`, () => {
    assert.equal(speaks({ choices: [{ delta }] }), true);
  });
}

Deno.test("toChunk() makes no copy of a plain delta", () => {
  const frame = { choices: [{ index: 0, delta: { content: "a" }, finish_reason: null }] };
  assert.equal(toChunk(frame, true), frame);
});
