/** Lessons about thinking: how hard (Q24, Q41), and whether it is sent back (Q21, Q22). */
import type { OpenAI } from "../contract.ts";
import { eachAssistant, type EffortName, fieldsOf, nearestEffort, omit } from "../quirks.ts";
import { type Cure, type Lesson, REFUSED } from "./lesson.ts";

/** The fields by which some provider is told how to think. */
const SETTINGS = [
  "reasoning_effort",
  "reasoning",
  "thinking",
  "enable_thinking",
  "chat_template_kwargs",
];

const SENT_BACK = ["reasoning_content", "reasoning", "reasoning_details", "reasoning_text"];

export const THINKING: readonly Cure[] = [
  [/function tools with reasoning_effort|set reasoning_effort to 'none'/i, () => ({
    says: "asks for no thinking beside tools",
    change: (body) => body.tools ? { ...body, reasoning_effort: "none" } : body,
  })],
  [/reasoning.?effort[^]*?(?:supported values|must be|one of)([^]*)/i, known],
  [/invalid reasoning value[^]*?must be([^]*)/i, known],
  [/(?:reasoning|thinking) is mandatory|(?:reasoning|thinking)[^.]*cannot be disabled/i, () => ({
    says: "does not turn thinking off",
    change: (body) => isOff(body) ? omit(body, ...SETTINGS) : body,
  })],
  [/does not support (?:thinking|reasoning)/i, () => ({
    says: "does not say how hard to think",
    change: (body) => omit(body, ...SETTINGS),
  })],
  [/reasoning.summar/i, (_match, body) =>
    "summary" in fieldsOf(body["reasoning"])
      ? {
        says: "does not ask for summaries of thinking",
        change: (each) => ({ ...each, reasoning: omit(fieldsOf(each["reasoning"]), "summary") }),
      }
      : undefined],
  [/encrypted.content[^]*could not be (?:verified|decrypted)/i, () => ({
    says: "does not give back sealed thinking that was refused",
    change: (body) => eachAssistant(body, (message) => omit(message, "carry")),
    once: true,
  })],
  [/reasoning_content[^]*(?:must be passed back|is missing)|missing[^]*reasoning_content/i, () => ({
    says: "gives every turn of the model a reasoning_content",
    change: (body) =>
      eachAssistant(
        body,
        (message) => message.reasoning_content ? message : { ...message, reasoning_content: " " },
      ),
  })],
  [
    /(?:messages|assistant)[^]*\breasoning(?:_content|_details|_text)?\b|\breasoning(?:_content|_details|_text)\b/i,
    ({ input }) =>
      !REFUSED.test(input) ? undefined : {
        says: "does not send thinking back",
        change: (body) => eachAssistant(body, (message) => omit(message, ...SENT_BACK)),
      },
  ],
];

/** The sentence lists the efforts there are. */
function known(match: RegExpExecArray, body: OpenAI.Request): Lesson | undefined {
  const names = match[1]?.match(/\b(?:none|minimal|low|medium|high|xhigh|max)\b/g) ?? [];
  const efforts = [...new Set(names)] as EffortName[];
  const asked = body.reasoning_effort;
  if (!asked || efforts.length === 0 || efforts.includes(asked as EffortName)) return undefined;
  return {
    says: `knows only the efforts ${efforts.join(", ")}`,
    change(each) {
      const { reasoning_effort } = each;
      const nearest = reasoning_effort && nearestEffort(reasoning_effort as EffortName, efforts);
      return nearest ? { ...each, reasoning_effort: nearest } : each;
    },
  };
}

function isOff(body: OpenAI.Request): boolean {
  const { enabled, effort } = fieldsOf(body["reasoning"]);
  return body.reasoning_effort === "none" || enabled === false || effort === "none" ||
    fieldsOf(body["thinking"])["type"] === "disabled" || body["enable_thinking"] === false ||
    fieldsOf(body["chat_template_kwargs"])["enable_thinking"] === false;
}
