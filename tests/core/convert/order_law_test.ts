/** Thinking, text and calls in any order and any mixture: nothing is lost, nothing said twice, and the grammar holds. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Anthropic } from "../../../core/contract.ts";
import { toMessage } from "../../../core/convert/message.ts";
import { eventsOf, exchangeOf, makeHandler, streaming } from "../../support/ask.ts";
import { checkBrokenGrammar, checkGrammar } from "../../support/grammar.ts";
import { PLAIN, toParts } from "../../support/sse.ts";

/** One word of thinking or text, or a part of one of three calls. */
type Piece =
  | { readonly kind: "thinking" | "text"; readonly word: string }
  | { readonly kind: "call"; readonly index: number };

const pieces: fc.Arbitrary<Piece[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("thinking" as const, "text" as const),
      word: fc.constantFrom("a", "b ", " c", "\n\n", "é"),
    }),
    fc.record({ kind: fc.constant("call" as const), index: fc.nat(2) }),
  ),
  { maxLength: 20 },
);

/** The parts of each call's arguments, said one after the other; more than these are empty. */
const PARTS = ['{"note":"', "one ", "two", '"}'];

function toDeltas(said: readonly Piece[]): Record<string, unknown>[] {
  const turns = [0, 0, 0];
  return said.map((piece) => {
    if (piece.kind === "call") {
      return { tool_calls: [callDelta(piece.index, turns[piece.index]!++)] };
    }
    return piece.kind === "text" ? { content: piece.word } : { reasoning_content: piece.word };
  });
}

function callDelta(index: number, turn: number) {
  const first = turn === 0 ? { id: `call_${index}_abcdef` } : {};
  const name = turn === 0 ? { name: "Bash" } : {};
  return { index, ...first, function: { ...name, arguments: PARTS[turn] ?? "" } };
}

async function ask(said: readonly Piece[], finish: string | undefined) {
  const frames = toDeltas(said).map((delta) => ({ choices: [{ index: 0, delta }] }));
  const end = finish === undefined ? [] : [{ choices: [{ delta: {}, finish_reason: finish }] }];
  const bytes = new TextEncoder().encode(toParts([...frames, ...end], PLAIN).join(""));
  return await eventsOf(makeHandler(streaming([bytes]))(exchangeOf()));
}

function joined(said: readonly Piece[], kind: "thinking" | "text"): string {
  return said.map((piece) => piece.kind === kind ? piece.word : "").join("");
}

function bare(text: string): string {
  return text.replaceAll(/\s/g, "");
}

function sayings(content: readonly Anthropic.ContentBlock[], kind: "thinking" | "text"): string {
  return content.map((block) =>
    block.type === "text" && kind === "text"
      ? block.text
      : block.type === "thinking" && kind === "thinking"
      ? block.thinking
      : ""
  ).join("");
}

Deno.test("thinking, text and calls in any order are all there once", async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async (said) => {
      const { events, error } = await ask(said, "stop");
      assert.equal(error, undefined);
      checkGrammar(events);
      const { content } = toMessage(events);
      assert.equal(sayings(content, "thinking"), joined(said, "thinking"));
      assert.equal(bare(sayings(content, "text")), bare(joined(said, "text")));
      const calls = content.filter((block) => block.type === "tool_use").map(({ id }) => id).sort();
      const asked = said.flatMap((piece) =>
        piece.kind === "call" ? [`call_${piece.index}_abcdef`] : []
      );
      assert.deepEqual(calls, [...new Set(asked)].sort());
    }),
    { numRuns: 1500 },
  );
});

Deno.test("thinking, text and calls in any order that break off leave a grammar that is only unfinished", async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async (said) => {
      const { events, error } = await ask(said, undefined);
      assert.ok(error !== undefined);
      checkBrokenGrammar(events);
    }),
    { numRuns: 500 },
  );
});
