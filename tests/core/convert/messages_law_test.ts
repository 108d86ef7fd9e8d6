/** The laws of the converted conversation, for any history: a strict server takes it, and turns only ever add to it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Anthropic } from "../../../core/contract.ts";
import { convertRequest } from "../../../core/convert/request.ts";
import { encodeCallId, encodeSignature } from "../../../core/convert/state.ts";
import { checkStrict } from "../../support/strict_openai.ts";

type Block = Anthropic.ContentBlock;

const words = fc.constantFrom("", " ", "Hello", "\ud800", "\u0000", "\u{1f600}", "a\nb");

/** Few, so that they meet: a provider's own, one of ours that carries, one of another provider, illegal ones. */
const ids = fc.constantFrom(
  "toolu_1",
  "call_abcdefghi",
  encodeCallId({ provider: "test", id: "functions.Bash:0" }, new Set()),
  encodeCallId({ provider: "test", id: "functions.Bash:0" }, new Set()),
  encodeCallId({ provider: "other", id: "0" }, new Set()),
  "a|b",
  "",
);

const image: Block = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: "AAAA" },
};

const said: fc.Arbitrary<Block> = fc.oneof(
  words.map((text): Block => ({ type: "text", text })),
  fc.constant(image),
  fc.constant<Block>({ type: "tool_reference", tool_name: "Read" }),
);

const results: fc.Arbitrary<Block> = fc.record({
  type: fc.constant("tool_result" as const),
  tool_use_id: ids,
  content: fc.oneof(words, fc.array(said, { maxLength: 3 }), fc.constant(null)),
  is_error: fc.boolean(),
});

const calls: fc.Arbitrary<Block> = fc.record({
  type: fc.constant("tool_use" as const),
  id: ids,
  name: fc.constantFrom("Bash", "mcp__server__" + "x".repeat(100), "with space", "1st"),
  input: fc.oneof(
    fc.constant({}),
    fc.constant({ command: "ls \ud800" }),
    fc.constant({ __unparsedToolInput: { raw: '{"command":"ls"}', len: 16 } }),
  ),
});

const thinking: fc.Arbitrary<Block> = fc.record({
  type: fc.constant("thinking" as const),
  thinking: words,
  signature: fc.constantFrom(
    encodeSignature({ provider: "test", text: "hidden" }),
    encodeSignature({ provider: "other", text: "theirs" }),
    "foreign",
    "",
  ),
});

const content = (block: fc.Arbitrary<Block>) => fc.oneof(words, fc.array(block, { maxLength: 4 }));

const turns: fc.Arbitrary<Anthropic.MessageParam> = fc.oneof(
  fc.record({ role: fc.constant("user" as const), content: content(fc.oneof(said, results)) }),
  fc.record({ role: fc.constant("system" as const), content: content(said) }),
  fc.record({
    role: fc.constant("assistant" as const),
    content: content(fc.oneof(said, calls, thinking)),
  }),
);

const FIRST: Anthropic.MessageParam = { role: "user", content: "Hello" };

const histories = fc.array(turns, { maxLength: 8 }).map((rest) => [FIRST, ...rest]);

function convert(messages: readonly Anthropic.MessageParam[], vision: boolean) {
  return convertRequest({ model: "claude", max_tokens: 1, messages }, {
    model: "model-1",
    provider: "test",
    vision,
    files: false,
    documents: new Map(),
  });
}

Deno.test("any history becomes messages that a strict server takes", () => {
  fc.assert(
    fc.property(histories, fc.boolean(), (messages, vision) => {
      const body = convert(messages, vision);
      checkStrict(body);
      assert.ok(JSON.stringify(body).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(body)));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("what was sent before an answer is a prefix of what is sent after it", () => {
  fc.assert(
    fc.property(histories, histories, (before, after) => {
      const answer: Anthropic.MessageParam = { role: "assistant", content: "Yes" };
      const earlier = convert(before, true).messages;
      const later = convert([...before, answer, ...after], true).messages;
      assert.deepEqual(later.slice(0, earlier.length), earlier);
    }),
    { numRuns: 500 },
  );
});

Deno.test("nothing that a user, a system turn or a tool said is lost", () => {
  fc.assert(
    fc.property(histories, (messages) => {
      const marked = messages.map((message, position) => ({
        ...message,
        content: [...asBlocks(message.content), {
          type: "text" as const,
          text: `mark-${position}`,
        }],
      }));
      const sent = JSON.stringify(convert(marked, true).messages);
      for (const position of marked.keys()) assert.ok(sent.includes(`mark-${position}`));
    }),
    { numRuns: 200 },
  );
});

function asBlocks(content: Anthropic.MessageParam["content"]): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}
