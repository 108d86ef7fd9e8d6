/** Lessons about `max_tokens`: too high, too high beside this prompt, or called otherwise (Q107, A21, Q40). */
import type { OpenAI } from "../contract.ts";
import { rename } from "../quirks.ts";
import { type Cure, type Lesson, REFUSED } from "./lesson.ts";

const NAMES = ["max_tokens", "max_completion_tokens"];
const LIMIT = String.raw`max_(?:completion_|output_|new_)?tokens`;
const AT_MOST = "less than or equal to|at most|maximum (?:is|of)|<=|(?:not|cannot) exceed";

export const LIMITS: readonly Cure[] = [
  [/supports at most (\d+) completion tokens/i, capped],
  [new RegExp(`range of ${LIMIT} (?:is|should be) \\[\\d+, ?(\\d+)\\]`, "i"), capped],
  [new RegExp(`maximum (?:value )?(?:for|of) .?${LIMIT}\\W*(?:is|must be)\\D*(\\d+)`, "i"), capped],
  [new RegExp(`${LIMIT}.{0,80}?(?:${AT_MOST})\\D{0,20}(\\d+)`, "i"), capped],
  [new RegExp(`${LIMIT}\\W+\\d+ > (\\d+)`, "i"), capped],
  [
    /maximum context length (?:is|of) (\d+) tokens[^]*?requested (?:about |a total of )?(\d+) tokens[^]*?(\d+) (?:in the (?:completion|output)|tokens for the completion)/i,
    (match, body) => {
      const [limit = 0, asked = 0, answer = 0] = match.slice(1).map(Number);
      return roomFor(limit, asked - answer, body);
    },
  ],
  [
    /maximum context length (?:is|of) (\d+) tokens and your request has (\d+) input tokens/i,
    (match, body) => roomFor(Number(match[1]), Number(match[2]), body),
  ],
  [
    /exceed context limit: (\d+) \+ \d+ > (\d+)/i,
    (match, body) => roomFor(Number(match[2]), Number(match[1]), body),
  ],
  [
    /passed (\d+) input tokens and requested \d+ output tokens[^]*context length is only (\d+)/i,
    (match, body) => roomFor(Number(match[2]), Number(match[1]), body),
  ],
  [
    /max_tokens[^]*(?:not supported|unsupported|deprecated)[^]*max_completion_tokens/i,
    () => renamed("max_tokens", "max_completion_tokens"),
  ],
  [
    /max_completion_tokens/,
    ({ input }) => REFUSED.test(input) ? renamed("max_completion_tokens", "max_tokens") : undefined,
  ],
];

function capped(match: RegExpExecArray, body: OpenAI.Request): Lesson | undefined {
  const output = Number(match[1]);
  if (output < 1 || output >= limitOf(body)) return undefined;
  return { says: `asks for ${output} tokens at most`, facts: { output } };
}

/** An answer of fewer tokens is not worth it: then it is the prompt that is too long. */
const LEAST_ANSWER = 1024;

function roomFor(context: number, prompt: number, body: OpenAI.Request): Lesson | undefined {
  const room = context - prompt;
  if (room < LEAST_ANSWER || room >= limitOf(body)) return undefined;
  return {
    says: `fits answers into a window of ${context} tokens`,
    facts: { context },
    change(each) {
      const lowered = NAMES.filter((name) => name in each).map((name) => [name, room]);
      return { ...each, ...Object.fromEntries(lowered) };
    },
    once: true,
  };
}

function limitOf(body: OpenAI.Request): number {
  return Number(body.max_tokens ?? body["max_completion_tokens"] ?? Infinity);
}

function renamed(from: string, to: string): Lesson {
  return { says: `calls ${from} ${to}`, change: (body) => rename(body, { [from]: to }) };
}
