/** What a refusal teaches: wordings of providers, and what to change in the body so that they take it (Q116). */
import type { Failure, OpenAI } from "../contract.ts";
import {
  autoToolChoice,
  eachMessage,
  eachParameters,
  eachSubschema,
  fieldsOf,
  flatRoot,
  jsonInWords,
  mergeUsers,
  omit,
  systemFirst,
} from "../quirks.ts";
import { type Cure, type Lesson, REFUSED } from "./lesson.ts";
import { LIMITS } from "./limits.ts";
import { THINKING } from "./thinking.ts";

/** Templates of local servers answer 500 for a conversation they do not like. */
const STATUSES = [400, 422, 500];

/** The lesson of a refusal, or undefined where there is none that changes the body at hand. */
export function lessonOf(failure: Failure, body: OpenAI.Request): Lesson | undefined {
  if (!STATUSES.includes(failure.status)) return undefined;
  const text = failure.message + paramOf(failure.body);
  for (const [wording, cure] of CURES) {
    const match = wording.exec(text);
    const lesson = match === null ? undefined : cure(match, body);
    if (lesson !== undefined && teaches(lesson, body)) return lesson;
  }
  return REFUSED.test(text) ? withoutField(text, body) : undefined;
}

/** OpenAI names the field beside the sentence. */
function paramOf(body: unknown): string {
  const { param } = fieldsOf(fieldsOf(body)["error"]);
  return typeof param === "string" ? ` '${param}'` : "";
}

function teaches({ facts, change }: Lesson, body: OpenAI.Request): boolean {
  return facts !== undefined ||
    change !== undefined && JSON.stringify(change(body)) !== JSON.stringify(body);
}

/** The first that fits and changes something. What is more special stands first. */
const CURES: readonly Cure[] = [
  ...LIMITS,
  [
    /response_format|json_schema/i,
    ({ input }) =>
      !REFUSED.test(input)
        ? undefined
        : { says: "says schemas of answers in words", change: jsonInWords },
  ],
  ...THINKING,
  [/tool.?choice/i, () => ({
    says: "leaves the choice of a tool to the model",
    change: autoToolChoice,
  })],
  [
    /grammar|schema|function_declarations|parameters[.\[:]/i,
    ({ input }) =>
      !REFUSED.test(input) && !/failed to parse/i.test(input) ? undefined : {
        says: "sends plain schemas of tools",
        change: (body) => eachParameters(body, plain),
      },
  ],
  [
    /system messages?[^.]{0,20}(?:at the beginning|first|not (?:allowed|supported))|role\W+system|unexpected role|incorrect role|only user and assistant roles/i,
    (_match, body) =>
      body.messages.slice(1).some(({ role }) => role === "system")
        ? { says: "sends later system messages as the user's", change: systemFirst }
        : { says: "sends system messages as the user's", change: withoutSystem },
  ],
  [/roles must alternate/i, () => ({
    says: "joins neighbouring user messages",
    change: mergeUsers,
  })],
  [
    /(?:not|n't) support (?:image|vision|multi-?modal)|images? (?:inputs? )?(?:is|are) not (?:supported|enabled)|unknown variant .image_url|image_url[^]*(?:not supported|unsupported)|content[^.]{0,40}(?:must be|should be|expected)[^.]{0,10} string/i,
    (_match, body) =>
      body.messages.some(({ content }) => Array.isArray(content))
        ? { says: "sends this model no images", facts: { vision: false } }
        : undefined,
  ],
];

/** What a provider may not do without. */
const ESSENTIAL = new Set([
  "model",
  "messages",
  "stream",
  "tools",
  "max_tokens",
  "max_completion_tokens",
]);

/** The sentence names a field of ours that can be spared. A name of one word must look like one: "stop" is English. */
function withoutField(text: string, body: OpenAI.Request): Lesson | undefined {
  const field = Object.keys(body).find((name) => {
    if (ESSENTIAL.has(name)) return false;
    const named = name.includes("_")
      ? `\\b${name}\\b`
      : `["'\`.]${name}\\b|\\b(?:parameters?|arguments?|fields?|supplied|input):? ${name}\\b|^${name}\\b`;
    return new RegExp(named).test(text);
  });
  if (field === undefined) return undefined;
  return { says: `does not send ${field}`, change: (each) => omit(each, field) };
}

const PLAIN = ["type", "description", "properties", "required", "items", "enum"];

function plain(parameters: Readonly<Record<string, unknown>>) {
  return eachSubschema(
    flatRoot(parameters),
    (schema) => omit(schema, ...Object.keys(schema).filter((field) => !PLAIN.includes(field))),
  );
}

function withoutSystem(body: OpenAI.Request): OpenAI.Request {
  return mergeUsers(
    eachMessage(
      body,
      (message) => message.role === "system" ? { role: "user", content: message.content } : message,
    ),
  );
}
