/** The law of laws with each adapter: what its stream hook makes of a stream, it makes of the whole answer too. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Anthropic } from "../../core/contract.ts";
import { toMessage } from "../../core/convert/message.ts";
import { decodeCallId } from "../../core/convert/state.ts";
import { providers } from "../../providers/mod.ts";
import type { Shape } from "../support/answer_shape.ts";
import { toCompletion, toFrames } from "../support/answers.ts";
import { answers, cuts } from "../support/arbitrary.ts";
import { answering, eventsOf, exchangeOf, makeHandler, streaming } from "../support/ask.ts";
import { checkGrammar } from "../support/grammar.ts";
import { cutBytes, PLAIN, toParts } from "../support/sse.ts";

/** Nothing odd: what is odd about a provider, its own tests know. */
const ORDINARY: Shape = {
  preamble: "role and empty content",
  reasoning: "reasoning_content",
  content: "string",
  beside: "null",
  index: "own",
  id: "first",
  name: "first",
  arguments: "split",
  pieces: 5,
  interleaved: false,
  perChunk: 1,
  noise: "null",
  finish: "own chunk",
  usage: "late",
  done: true,
};

for (const [name, adapter] of Object.entries(providers)) {
  Deno.test(`${name}: a stream is the same message as the whole answer, wherever it is cut`, async () => {
    await fc.assert(
      fc.asyncProperty(answers, cuts, async (answer, places) => {
        const frames = [...toFrames(answer, ORDINARY), "[DONE]"];
        const bytes = new TextEncoder().encode(toParts(frames, PLAIN).join(""));
        const streamed = await ask(streaming(cutBytes(bytes, places)));
        const whole = await ask(answering(toCompletion(answer)));
        assert.deepEqual([streamed.error, whole.error], [undefined, undefined]);
        checkGrammar(streamed.events);
        checkGrammar(whole.events);
        assert.deepEqual(plain(streamed.events), plain(whole.events));
      }),
      { numRuns: 60 },
    );
  });

  const ask = (answer: typeof fetch) => eventsOf(makeHandler(answer, adapter)(exchangeOf()));
}

/** The message without what is made up anew for each answer. */
function plain(events: readonly Anthropic.Event[]) {
  const { id: _id, content, ...message } = toMessage(events);
  return {
    ...message,
    content: content.map((block) =>
      block.type === "tool_use" ? { ...block, id: decodeCallId(block.id)?.id ?? block.id } : block
    ),
  };
}
