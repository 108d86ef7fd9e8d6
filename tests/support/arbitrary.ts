/** Answers, shapes, dialects and cuts, as fast-check makes them up. */
import fc from "fast-check";
import type { Answer, AnswerCall, Shape } from "./answer_shape.ts";
import type { Dialect } from "./sse.ts";

/** White space, characters of several bytes, and what looks like the wire's own signs. */
const WORDS = ["\n\n", " ", "é", "\u{1f600}", "```", '{"', "data: [DONE]", "\\", "<", "the", "\t"];

const words = fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 8 })), {
  maxLength: 12,
}).map((parts) => parts.join("")).filter((text) => !/<\/?(?:th|re)/.test(text));

const ids = fc.uniqueArray(
  fc.oneof(
    fc.stringMatching(/^call_[a-zA-Z0-9]{8,20}$/),
    fc.constantFrom("0", "1", "functions.Bash:0", "functions.Read:1", "call_0", "fc_1|x", "a b"),
  ),
  { minLength: 3, maxLength: 3 },
);

const input = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 3,
});

const calls: fc.Arbitrary<AnswerCall[]> = fc.tuple(
  ids,
  fc.array(
    fc.record({ name: fc.constantFrom("Bash", "Read", "mcp__server__tool"), input }),
    { maxLength: 3 },
  ),
).map(([ids, bare]) => bare.map((call, position) => ({ id: ids[position]!, ...call })));

const usage = fc.option(
  fc.record({
    prompt_tokens: fc.integer({ min: 100, max: 200_000 }),
    completion_tokens: fc.integer({ min: 1, max: 4000 }),
    prompt_tokens_details: fc.record({ cached_tokens: fc.nat(100) }),
  }),
  { nil: undefined },
);

export const answers: fc.Arbitrary<Answer> = fc.record({
  reasoning: words,
  text: words,
  calls,
  finish: fc.constantFrom("stop", "tool_calls", "length", "eos", "content_filter", "unheard_of"),
  usage,
}).map((answer) =>
  // A filter before anything was said is an error, and these are answers.
  answer.finish === "content_filter" && answer.text.trim() === ""
    ? { ...answer, finish: "stop" }
    : answer
);

const shapes: fc.Arbitrary<Shape> = fc.record({
  preamble: fc.constantFrom("none", "empty choices", "role", "role and empty content"),
  reasoning: fc.constantFrom(
    "reasoning_content",
    "reasoning",
    "reasoning_text",
    "twice",
    "parts",
    "tags",
  ),
  content: fc.constantFrom("string", "parts"),
  beside: fc.constantFrom("absent", "empty", "null"),
  index: fc.constantFrom("own", "gaps", "none", "all zero"),
  id: fc.constantFrom("first", "every", "then empty", "then null", "late", "changing", "missing"),
  name: fc.constantFrom("first", "every", "late", "then empty", "then null"),
  arguments: fc.constantFrom(
    "whole",
    "split",
    "object",
    "null first",
    "empty first",
    "cumulative",
    "placeholder first",
    "double encoded",
    "fenced",
    "pretty",
  ),
  pieces: fc.integer({ min: 1, max: 12 }),
  interleaved: fc.boolean(),
  perChunk: fc.integer({ min: 1, max: 4 }),
  noise: fc.constantFrom("absent", "null", "empty"),
  finish: fc.constantFrom("own chunk", "with the last words", "twice", "summary"),
  usage: fc.constantFrom("finish", "late", "late null", "late with a choice", "every chunk"),
  done: fc.boolean(),
});

/** An answer in a shape in which it can be understood at all. */
export interface Saying {
  readonly answer: Answer;
  readonly shape: Shape;
}

export const sayings: fc.Arbitrary<Saying> = fc.record({ answer: answers, shape: shapes })
  .map(understandable);

export const dialects: fc.Arbitrary<Dialect> = fc.record({
  lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
  space: fc.boolean(),
  comments: fc.boolean(),
  fields: fc.boolean(),
  pretty: fc.boolean(),
  byteOrderMark: fc.boolean(),
  lastBlankLine: fc.boolean(),
});

/** Places to cut, as fractions of the whole. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

/** Some habits leave open which call a delta belongs to; no provider has both, and no reader could tell. */
function understandable({ answer, shape }: Saying): Saying {
  const mended = { ...shape };
  const numbered = shape.index === "own" || shape.index === "gaps";
  if (!numbered && (shape.id === "changing" || shape.id === "late")) mended.id = "first";
  if (shape.index === "all zero" && shape.id === "missing") mended.id = "first";
  if (shape.index === "all zero" && shape.name === "late") mended.name = "first";
  if (mended.id === "changing" && (shape.name === "every" || shape.name === "late")) {
    mended.name = "first";
  }
  if (shape.index === "none" && mended.id !== "every") {
    if (shape.name === "every" || shape.name === "late") mended.name = "first";
  }
  if (!numbered && mended.id !== "every") mended.interleaved = false;
  // An answer that was cut off is not repaired, and an estimate of its tokens counts what was said.
  const repaired = ["double encoded", "fenced", "empty first"].includes(shape.arguments);
  if (["length", "content_filter"].includes(answer.finish) && repaired) mended.arguments = "split";
  if (answer.usage === undefined && shape.arguments === "pretty") mended.arguments = "split";
  if (shape.reasoning === "tags") mended.content = "string";
  const calls = mended.id === "missing"
    ? answer.calls.map((call) => ({ ...call, id: "" }))
    : answer.calls;
  return { answer: { ...answer, calls }, shape: mended };
}
