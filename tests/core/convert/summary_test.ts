import assert from "node:assert/strict";
import { withoutCallsInSummary } from "../../../core/convert/summary.ts";
import { captured } from "../../support/captured.ts";

const REQUEST = captured("01");
const SENTENCE = "CRITICAL: Respond with TEXT ONLY. Do not call tools.";

Deno.test("withoutCallsInSummary() knows the request for a summary by its sentence", () => {
  const request = {
    ...REQUEST,
    messages: [
      ...REQUEST.messages,
      { role: "user" as const, content: [{ type: "text" as const, text: SENTENCE }] },
      { role: "system" as const, content: "a system turn may follow" },
    ],
  };
  assert.deepEqual(withoutCallsInSummary(request, new Headers()).tool_choice, { type: "none" });
});

for (const kind of ["auto", "manual", "reactive"]) {
  Deno.test(`withoutCallsInSummary() knows it by its header, ${kind}, whatever it says`, () => {
    const headers = new Headers({ "x-claude-code-compaction": kind });
    assert.deepEqual(withoutCallsInSummary(REQUEST, headers).tool_choice, { type: "none" });
  });
}

Deno.test("withoutCallsInSummary() leaves every other request as it is", () => {
  const headers = new Headers({ "x-claude-code-context-compacted": "auto" });
  assert.equal(withoutCallsInSummary(REQUEST, headers), REQUEST);
});
