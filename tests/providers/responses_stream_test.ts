/** What the Responses API answers, event by event and whole (Q41). */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Anthropic } from "../../core/contract.ts";
import { toMessage } from "../../core/convert/message.ts";
import { cuts } from "../support/arbitrary.ts";
import { answering } from "../support/ask.ts";
import { ask, sent } from "../support/by_responses.ts";
import { checkBrokenGrammar, checkGrammar } from "../support/grammar.ts";
import type { Fields } from "../support/dialect.ts";
import { framesOf, functionCall, message, reasoning, respond } from "../support/responses_wire.ts";

const words = fc.oneof(fc.constantFrom("", " ", "\n\n", "Hm. ", "é\u{1f600}"), fc.string());

const items: fc.Arbitrary<Fields[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.string(), fc.array(words, { maxLength: 3 })).map(([seal, parts]) =>
      reasoning(seal, ...parts)
    ),
    fc.constant({ type: "reasoning", id: "rs_0", encrypted_content: null, summary: [] }),
    words.map((text) => message(text)),
    words.map((refusal) => ({ ...message(""), content: [{ type: "refusal", refusal }] })),
    fc.tuple(
      fc.constantFrom("Bash", "Read"),
      fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
    ).map(([name, input]) => functionCall("", name, input)),
    fc.constant({ type: "compaction", id: "cmp_1" }),
  ),
  { maxLength: 6 },
).map((list) =>
  list.map((item, position) =>
    "call_id" in item ? { ...item, call_id: `call_0000000${position}` } : item
  )
);

Deno.test("responses: a stream is the same message as the whole answer, wherever it is cut (Q41)", async () => {
  await fc.assert(
    fc.asyncProperty(
      items,
      cuts,
      fc.constantFrom("stop", "length"),
      async (list, places, finish) => {
        const response = respond(list, "gpt-5.6", finish);
        const streamed = await ask(sent(framesOf(list, response), places));
        const whole = await ask(answering(response));
        assert.deepEqual([streamed.error, whole.error], [undefined, undefined]);
        checkGrammar(streamed.events);
        checkGrammar(whole.events);
        assert.deepEqual(plain(streamed.events), plain(whole.events));
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("responses: a stream that ends before its last event is an error (Q4, Q41)", async () => {
  await fc.assert(
    fc.asyncProperty(items, fc.double({ min: 0, max: 1, noNaN: true }), async (list, place) => {
      const frames = framesOf(list, respond(list, "gpt-5.6")).slice(0, -1);
      const { events, error } = await ask(sent(frames.slice(0, Math.floor(place * frames.length))));
      assert.ok(error !== undefined && error.status >= 500);
      checkBrokenGrammar(events);
    }),
    { numRuns: 200 },
  );
});

function plain(events: readonly Anthropic.Event[]) {
  const { id: _, ...message } = toMessage(events);
  return message;
}

Deno.test("responses: parts of thinking and of text are paragraphs (Q41)", async () => {
  const list = [
    reasoning("1", "One", "Two"),
    reasoning("2", "Three"),
    message("I look.", "commentary"),
    message("I see."),
    functionCall("call_00000001", "Bash", {}),
    message("Gone."),
  ];
  const { events } = await ask(sent(framesOf(list, respond(list, "gpt-5.6"))));
  assert.deepEqual(
    toMessage(events).content.map((block) =>
      block.type === "thinking" ? block.thinking : block.type === "text" ? block.text : block.type
    ),
    ["One\n\nTwo\n\nThree", "I look.\n\nI see.", "tool_use", "Gone."],
  );
});

Deno.test("responses: an item of which no delta came is told when it is done (Q41)", async () => {
  const list = [reasoning("1", "Hm."), message("Yes."), functionCall("call_00000001", "Bash", {})];
  const frames = framesOf(list, respond(list, "gpt-5.6"));
  const bare = frames.filter(({ type }) => !String(type).endsWith(".delta"));
  const [full, short] = [await ask(sent(frames)), await ask(sent(bare))];
  assert.deepEqual(plain(short.events), plain(full.events));
});

Deno.test("responses: usage is counted as chat completions count it (Q110)", async () => {
  const { events } = await ask(answering(respond([message("Hi")], "gpt-5.6")));
  assert.deepEqual(toMessage(events).usage, {
    input_tokens: 40,
    output_tokens: 20,
    cache_read_input_tokens: 60,
    cache_creation_input_tokens: 0,
    output_tokens_details: { thinking_tokens: 8 },
  });
});

/** Events that hold nothing, or what is of the wrong type. */
const ODD: readonly Fields[] = [
  ...[
    "response.output_text.delta",
    "response.refusal.delta",
    "response.reasoning_summary_text.delta",
    "response.function_call_arguments.delta",
    "response.output_item.added",
    "response.output_item.done",
    "response.queued",
    "response",
    "keepalive",
  ].flatMap((type) => [
    { type },
    { type, delta: 5, item: "x", output_index: "x" },
    { type, delta: null, item: { type: "message", content: [null, "x"] }, output_index: 9 },
    { type, item: { type: "reasoning", summary: "x", encrypted_content: 5 }, output_index: 9 },
    { type, item: { type: "function_call", call_id: 5, name: {} }, output_index: 9 },
  ]),
];

Deno.test("responses: odd events do not hide the answer (Q41)", async () => {
  const list = [message("Yes.")];
  for (const odd of ODD) {
    const frames = [odd, ...framesOf(list, respond(list, "gpt-5.6"))];
    const { events, error } = await ask(sent(frames));
    assert.equal(error, undefined, JSON.stringify(odd));
    const said = toMessage(events).content;
    assert.deepEqual(said, [{ type: "text", text: "Yes." }], JSON.stringify(odd));
  }
});

Deno.test("responses: odd values as a whole answer are clean errors, or empty (Q41)", async () => {
  for (const output of [undefined, null, "x", [null], [5, "x", {}], [{ type: "message" }]]) {
    for (const usage of [undefined, null, "x", { input_tokens: "x", input_tokens_details: 5 }]) {
      const { error } = await ask(answering({ ...respond([], "gpt-5.6"), output, usage }));
      assert.equal(error, undefined);
    }
  }
});
