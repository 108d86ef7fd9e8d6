/** What providers do differently, as words an adapter is made of. All are pure: values in, values out. */
import type { OpenAI } from "./contract.ts";
import { drive, type Sink } from "./stream/drive.ts";
import { repairObject } from "./convert/arguments.ts";
import { flat } from "./convert/content.ts";
import { thinkTags } from "./convert/think.ts";
import { rescueCalls } from "./rescue.ts";

export { rescueCalls, thinkTags };

type Fields = Readonly<Record<string, unknown>>;

/** The value without these fields. */
export function omit<Value extends object>(value: Value, ...fields: readonly string[]): Value {
  return Object.fromEntries(
    Object.entries(value).filter(([field]) => !fields.includes(field)),
  ) as Value;
}

/** The value with fields under other names; a field that is not there stays away. */
export function rename<Value extends object>(
  value: Value,
  names: Readonly<Record<string, string>>,
): Value {
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [names[field] ?? field, inner]),
  ) as Value;
}

/** Keeps a number between two bounds. */
export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** Changes each message of a request. */
export function eachMessage(
  body: OpenAI.Request,
  change: (message: OpenAI.Message) => OpenAI.Message,
): OpenAI.Request {
  return { ...body, messages: body.messages.map(change) };
}

/** Changes each assistant message of a request. */
export function eachAssistant(
  body: OpenAI.Request,
  change: (message: OpenAI.AssistantMessage) => OpenAI.AssistantMessage,
): OpenAI.Request {
  return eachMessage(body, (message) => message.role === "assistant" ? change(message) : message);
}

/** A stream hook that changes each chunk. */
export function eachChunk(
  change: (chunk: OpenAI.Chunk) => OpenAI.Chunk,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return () => ({
    transform(chunk, controller) {
      controller.enqueue(change(chunk));
    },
  });
}

/** A stream hook that changes each delta; in a whole answer, the message. */
export function eachDelta(
  change: (delta: OpenAI.MessageDelta) => OpenAI.MessageDelta,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return eachChunk((chunk) => ({
    ...chunk,
    choices: chunk.choices.map((choice) => ({ ...choice, delta: change(choice.delta) })),
  }));
}

/**
 * Several transformers as one, the first first. They must be synchronous. What one makes is handed to the next at once:
 * lists between them cost 0.1 us a delta.
 */
export function inSequence<Item>(
  ...transformers: readonly Transformer<Item, Item>[]
): Transformer<Item, Item> {
  let outlet: TransformStreamDefaultController<Item> | undefined;
  let next: Sink<Item> = { push: (item) => outlet?.enqueue(item) };
  const closings: (() => void)[] = [];
  for (const transformer of transformers.toReversed()) {
    const stage = drive(transformer);
    const sink = next;
    closings.unshift(() => stage.close(sink));
    next = { push: (item) => stage.write(item, sink) };
  }
  return {
    transform(item, controller) {
      outlet = controller;
      next.push(item);
    },
    flush(controller) {
      outlet = controller;
      for (const close of closings) close();
    },
  };
}

/**
 * For providers that take a system message only at the start: later ones become user text in place, as the client
 * itself writes them (A30). Never hoisted: that would break the provider's prefix cache.
 */
export function systemFirst(body: OpenAI.Request): OpenAI.Request {
  const [first, ...rest] = body.messages;
  if (first === undefined) return body;
  return { ...body, messages: [first, ...rest.map(asReminder)] };
}

function asReminder(message: OpenAI.Message): OpenAI.Message {
  if (message.role !== "system") return message;
  const content = flat("<system-reminder>\n", message.content, "\n</system-reminder>");
  return { role: "user", content };
}

/** For providers that refuse to see their own thinking again, or have no use for it (Q21). */
export function withoutReasoning(body: OpenAI.Request): OpenAI.Request {
  return eachAssistant(body, (message) => omit(message, "reasoning_content"));
}

/**
 * For providers without `json_schema`: any JSON object is asked for, and the schema is said in words at the end of the
 * conversation (A28).
 */
export function jsonInWords(body: OpenAI.Request): OpenAI.Request {
  const schema = fieldsOf(fieldsOf(body.response_format)["json_schema"])["schema"];
  if (schema === undefined) return body;
  const content = `Answer with one JSON object that follows this schema, and nothing else:\n${
    JSON.stringify(schema)
  }`;
  const messages: OpenAI.Message[] = [...body.messages, { role: "user", content }];
  return mergeUsers({ ...body, messages, response_format: { type: "json_object" } });
}

/** For providers and templates that want roles to alternate: neighbouring user messages become one (Q103). */
export function mergeUsers(body: OpenAI.Request): OpenAI.Request {
  const messages: OpenAI.Message[] = [];
  for (const message of body.messages) {
    const previous = messages.at(-1);
    if (message.role === "user" && previous?.role === "user") {
      messages[messages.length - 1] = {
        role: "user",
        content: joinContent(previous.content, message.content),
      };
    } else {
      messages.push(message);
    }
  }
  return { ...body, messages };
}

type UserContent = OpenAI.UserMessage["content"];

function joinContent(one: UserContent, other: UserContent): UserContent {
  if (typeof one === "string" && typeof other === "string") return `${one}\n\n${other}`;
  const parts = (content: UserContent) =>
    typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
  return [...parts(one), ...parts(other)];
}

/** What a model may be told about how hard to think, from least to most. */
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

export type EffortName = typeof EFFORTS[number];

/**
 * What a model knows that is nearest to what was asked (Q24). Right between two it is the one nearer to "high", where
 * models that know few levels stand by themselves: the client says "medium" unless its user says otherwise.
 */
export function nearestEffort<Known extends EffortName>(
  asked: EffortName,
  known: readonly [Known, ...Known[]],
): Known;
export function nearestEffort<Known extends EffortName>(
  asked: EffortName,
  known: readonly Known[],
): Known | undefined;
export function nearestEffort<Known extends EffortName>(
  asked: EffortName,
  known: readonly Known[],
): Known | undefined {
  const distance = (one: EffortName, other: EffortName) =>
    Math.abs(EFFORTS.indexOf(one) - EFFORTS.indexOf(other));
  const score = (name: Known) => distance(name, asked) * EFFORTS.length + distance(name, "high");
  return [...known].sort((one, other) => score(one) - score(other))[0];
}

/** For providers where a tool cannot be demanded: the model is left the choice, and asked in words (Q89). */
export function autoToolChoice(body: OpenAI.Request): OpenAI.Request {
  const { tool_choice: choice } = body;
  if (choice === undefined || choice === "none" || choice === "auto") return body;
  const wanted = typeof choice === "object"
    ? `the tool ${choice.function.name}`
    : "one of the tools";
  return { ...withLastWords(body, `Answer by calling ${wanted}.`), tool_choice: "auto" };
}

/** Says something more at the end of the conversation, in whosever turn that is. */
function withLastWords(body: OpenAI.Request, words: string): OpenAI.Request {
  const last = body.messages.at(-1);
  if (last?.role !== "tool") {
    return mergeUsers({ ...body, messages: [...body.messages, { role: "user", content: words }] });
  }
  const content = `${last.content}\n\n${words}`;
  return { ...body, messages: [...body.messages.slice(0, -1), { ...last, content }] };
}

/** For providers where a tool cannot be named: any tool is demanded instead (Q89). */
export function toolChoiceAsWord(body: OpenAI.Request): OpenAI.Request {
  return typeof body.tool_choice === "object" ? { ...body, tool_choice: "required" } : body;
}

/** For servers that parse the arguments of earlier calls: what is no JSON object becomes one (Q73). */
export function argumentsAsObjects(body: OpenAI.Request): OpenAI.Request {
  return eachAssistant(body, (message) => {
    if (message.tool_calls === undefined) return message;
    const tool_calls = message.tool_calls.map((call) => {
      const { arguments: text, ...rest } = call.function;
      const object = repairObject(text) ?? JSON.stringify({ input: text });
      return object === text ? call : { ...call, function: { ...rest, arguments: object } };
    });
    return { ...message, tool_calls };
  });
}

/** A stream hook that changes each report of usage (Q110). */
export function eachUsage(
  change: (usage: OpenAI.Usage) => OpenAI.Usage,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return eachChunk((chunk) => chunk.usage ? { ...chunk, usage: change(chunk.usage) } : chunk);
}

/** A stream hook that changes each finish reason (Q111). */
export function eachFinish(
  change: (reason: string) => string,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return eachChunk((chunk) => ({
    ...chunk,
    choices: chunk.choices.map((choice) =>
      choice.finish_reason ? { ...choice, finish_reason: change(choice.finish_reason) } : choice
    ),
  }));
}

/** A field's own fields, or nothing where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value as Fields : {};
}
