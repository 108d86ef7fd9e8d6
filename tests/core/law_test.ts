/** The law of laws: however an answer is said and cut, its events are the same message as the whole answer. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Anthropic, ProviderAdapter } from "../../core/contract.ts";
import { thinkTags } from "../../core/convert/think.ts";
import { toMessage } from "../../core/convert/message.ts";
import { decodeCallId } from "../../core/convert/state.ts";
import { toCompletion, toFrames } from "../support/answers.ts";
import { cuts, dialects, type Saying, sayings } from "../support/arbitrary.ts";
import {
  answering,
  eventsOf,
  exchangeOf,
  makeHandler,
  QUESTION,
  streaming,
} from "../support/ask.ts";
import { checkBrokenGrammar, checkGrammar } from "../support/grammar.ts";
import { cutBytes, type Dialect, PLAIN, toParts } from "../support/sse.ts";

const RUNS = 1000;

/** What a client may ask that changes the answer on its way. */
const questions: fc.Arbitrary<Partial<Anthropic.Request>> = fc.record({
  thinking: fc.constant({ type: "adaptive", display: "omitted" }),
  stop_sequences: fc.constantFrom(["the"], ["\n\n", "```"]),
  output_config: fc.constant({ format: { type: "json_schema", schema: {} } }),
}, { requiredKeys: [] });

Deno.test("an answer in any shape, cut anywhere, is the same message as the whole answer", async () => {
  await fc.assert(
    fc.asyncProperty(
      sayings,
      dialects,
      cuts,
      fc.boolean(),
      async (saying, dialect, places, byob) => {
        const streamed = await ask(
          saying,
          streaming(cutBytes(toBytes(saying, dialect), places), byob),
        );
        assert.equal(streamed.error, undefined);
        checkGrammar(streamed.events);
        const whole = await ask(saying, answering(toCompletion(saying.answer)));
        assert.equal(whole.error, undefined);
        checkGrammar(whole.events);
        assert.deepEqual(plain(toMessage(streamed.events)), plain(toMessage(whole.events)));
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("the same holds where the client hides thinking, names stop sequences or wants JSON", async () => {
  await fc.assert(
    fc.asyncProperty(sayings, cuts, questions, async (saying, places, question) => {
      const pieces = cutBytes(toBytes(saying, PLAIN), places);
      const streamed = await ask(saying, streaming(pieces), question);
      assert.equal(streamed.error, undefined);
      checkGrammar(streamed.events);
      const whole = await ask(saying, answering(toCompletion(saying.answer)), question);
      assert.deepEqual(plain(toMessage(streamed.events)), plain(toMessage(whole.events)));
    }),
    { numRuns: RUNS },
  );
});

Deno.test("a whole answer to a client that wants no stream is the same message too", async () => {
  await fc.assert(
    fc.asyncProperty(sayings, dialects, cuts, async (saying, dialect, places) => {
      const question = { ...exchangeOf().request, stream: false };
      const bytes = cutBytes(toBytes(saying, dialect), places);
      const replies = [streaming(bytes), answering(toCompletion(saying.answer))].map((answer) =>
        makeHandler(answer, adapterFor(saying))(exchangeOf(question))
      );
      const [streamed, whole] = await Promise.all(replies);
      assert.ok(streamed?.kind === "message" && whole?.kind === "message");
      assert.deepEqual(plain(streamed.message), plain(whole.message));
    }),
    { numRuns: RUNS / 4 },
  );
});

Deno.test("where the bytes are cut changes no event", async () => {
  await fc.assert(
    fc.asyncProperty(sayings, dialects, cuts, cuts, async (saying, dialect, some, others) => {
      const bytes = toBytes(saying, dialect);
      const one = await ask(saying, streaming(cutBytes(bytes, some)));
      const other = await ask(saying, streaming(cutBytes(bytes, others)));
      assert.deepEqual(joined(one.events), joined(other.events));
    }),
    { numRuns: RUNS / 4 },
  );
});

Deno.test("an answer that ends before its finish reason is an error and never complete", async () => {
  await fc.assert(
    fc.asyncProperty(
      sayings,
      dialects,
      cuts,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (saying, dialect, places, fraction) => {
        const before = beforeFinish(saying, dialect);
        const bytes = before.slice(0, Math.floor(fraction * before.length));
        const { events, error } = await ask(saying, streaming(cutBytes(bytes, places)));
        assert.ok(error !== undefined && error.status >= 500, "it is an error");
        checkBrokenGrammar(events);
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("an answer that ends anywhere after its finish reason is complete", async () => {
  await fc.assert(
    fc.asyncProperty(
      sayings,
      dialects,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (saying, dialect, fraction) => {
        const whole = toBytes(saying, dialect);
        const least = beforeFinish(saying, dialect).length + 1;
        const bytes = whole.slice(0, least + Math.floor(fraction * (whole.length - least)));
        const { events, error } = await ask(saying, streaming([bytes]));
        assert.equal(error, undefined);
        checkGrammar(events);
      },
    ),
    { numRuns: RUNS / 4 },
  );
});

function adapterFor({ shape }: Saying): Partial<ProviderAdapter> {
  return shape.reasoning === "tags" ? { stream: () => thinkTags() } : {};
}

function ask(saying: Saying, answer: typeof fetch, question: Partial<Anthropic.Request> = {}) {
  const exchange = exchangeOf({ ...QUESTION, ...question });
  return eventsOf(makeHandler(answer, adapterFor(saying))(exchange));
}

function framesOf({ answer, shape }: Saying): unknown[] {
  return [...toFrames(answer, shape), ...(shape.done ? ["[DONE]"] : [])];
}

function toBytes(saying: Saying, dialect: Dialect): Uint8Array {
  return new TextEncoder().encode(toParts(framesOf(saying), dialect).join(""));
}

/** All but the last brace of the frame that holds the finish reason. */
function beforeFinish(saying: Saying, dialect: Dialect): Uint8Array {
  const frames = framesOf(saying);
  const at = frames.findIndex((frame) =>
    typeof frame === "object" &&
    JSON.stringify(frame).includes(`"finish_reason":"${saying.answer.finish}"`)
  );
  const text = toParts(frames, dialect).slice(0, at + 1).join("").trimEnd();
  return new TextEncoder().encode(text.slice(0, -1));
}

/** Without what is made up anew for each answer. */
function plain({ id: _id, content, ...message }: Anthropic.Message) {
  return { ...message, content: content.map(withoutRandomId) };
}

function withoutRandomId<Block extends Anthropic.ContentBlock>(block: Block): Block {
  if (block.type !== "tool_use") return block;
  return { ...block, id: decodeCallId(block.id)?.id ?? block.id.replace(/^toolu_.*/, "made up") };
}

/** Deltas of one kind that follow each other, as one. */
function joined(events: readonly Anthropic.Event[]) {
  const out: Anthropic.Event[] = [];
  for (const event of events) {
    const last = out.at(-1);
    const both = last && mergeDeltas(last, event);
    if (both !== undefined) out[out.length - 1] = both;
    else out.push(withoutIds(event));
  }
  return out;
}

function mergeDeltas(one: Anthropic.Event, other: Anthropic.Event): Anthropic.Event | undefined {
  if (one.type !== "content_block_delta" || other.type !== one.type) return undefined;
  const [first, second] = [one.delta, other.delta];
  if (first.type === "text_delta" && second.type === first.type) {
    return { ...one, delta: { ...first, text: first.text + second.text } };
  }
  if (first.type === "thinking_delta" && second.type === first.type) {
    return { ...one, delta: { ...first, thinking: first.thinking + second.thinking } };
  }
  if (first.type === "input_json_delta" && second.type === first.type) {
    return { ...one, delta: { ...first, partial_json: first.partial_json + second.partial_json } };
  }
}

function withoutIds(event: Anthropic.Event): Anthropic.Event {
  if (event.type === "message_start") return { ...event, message: { ...event.message, id: "" } };
  if (event.type !== "content_block_start") return event;
  return { ...event, content_block: withoutRandomId(event.content_block) };
}
