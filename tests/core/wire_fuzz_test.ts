/** Whatever JSON an upstream sends, the client gets an answer in the grammar or an error that says who failed. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { generic } from "../../providers/generic.ts";
import { answering, eventsOf, exchangeOf, makeHandler, streaming } from "../support/ask.ts";
import { checkBrokenGrammar, checkGrammar } from "../support/grammar.ts";
import { PLAIN, toParts } from "../support/sse.ts";

/** The names that mean something, so that chance hits them. */
const NAMES = [
  "choices",
  "delta",
  "message",
  "content",
  "reasoning_content",
  "tool_calls",
  "function",
  "name",
  "arguments",
  "id",
  "index",
  "finish_reason",
  "usage",
  "prompt_tokens",
  "error",
  "code",
  "type",
  "text",
  "function_call",
  "annotations",
  "refusal",
];

const odd = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, "", " ", "stop", "error", "{", "{}", "length", '{"a":1}'),
  fc.constant([]),
  fc.constant({}),
);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    odd,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 4 }),
  ),
}));

/** A chunk with one part of it replaced by anything. */
const bentCall = fc.record({
  index: fc.oneof(fc.constant(0), odd),
  id: fc.oneof(fc.constant("call_1"), odd),
  function: fc.oneof(
    fc.record({ name: fc.oneof(fc.constant("Bash"), value), arguments: value }),
    value,
  ),
});

const bentDelta = fc.record({
  content: fc.oneof(fc.constant("Hello"), value),
  reasoning_content: fc.oneof(fc.constant("Hm"), value),
  tool_calls: fc.oneof(fc.array(bentCall, { maxLength: 2 }), value),
}, { requiredKeys: [] });

const bentChoice = fc.record({
  delta: fc.oneof(bentDelta, value),
  message: value,
  finish_reason: fc.oneof(fc.constant("stop"), odd),
}, { requiredKeys: [] });

const bentChunk = fc.oneof(
  fc.record({
    choices: fc.oneof(fc.array(fc.oneof(bentChoice, value), { maxLength: 2 }), value),
    usage: fc.oneof(fc.record({ prompt_tokens: value, completion_tokens: value }), value),
  }, { requiredKeys: [] }),
  value,
);

Deno.test("any JSON in the frames of a stream is an answer or the provider's error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bentChunk, { maxLength: 4 }), async (frames) => {
      const bytes = new TextEncoder().encode(toParts([...frames, "[DONE]"], PLAIN).join(""));
      await check(streaming([bytes]));
    }),
    { numRuns: 1500 },
  );
});

Deno.test("any JSON as a whole answer is an answer or the provider's error", async () => {
  await fc.assert(
    fc.asyncProperty(bentChunk, async (whole) => await check(answering(whole))),
    { numRuns: 700 },
  );
});

Deno.test("any JSON as a refusal is an error that the client can read", async () => {
  await fc.assert(
    fc.asyncProperty(value, fc.integer({ min: 400, max: 599 }), async (body, status) => {
      const { error } = await eventsOf(makeHandler(answering(body, status))(exchangeOf()));
      assert.ok(error !== undefined && error.message !== "" && error.status >= 400);
    }),
    { numRuns: 700 },
  );
});

async function check(answer: typeof fetch): Promise<void> {
  const { events, error } = await eventsOf(makeHandler(answer, generic)(exchangeOf()));
  if (error === undefined) checkGrammar(events);
  else {
    assert.notEqual(error.status, 500, `nothing of ours failed: ${error.message}`);
    checkBrokenGrammar(events);
  }
}
