import type { Call } from "../contract.ts";
import { overlap } from "../convert/overlap.ts";
import type { Choice, Chunk, ToolCallDelta } from "../protocol/openai.ts";
import { FORMATS, type WrittenCall } from "./rescue_formats.ts";

/**
 * Reads tool calls that a model wrote as text, because its server does not know its markup (Q86). Only for tools that
 * the request offers, never inside a code fence, and not in an answer with real calls; what is no call stays text.
 * From a markup's beginning on, the text waits for the end of the answer.
 */
export function rescueCalls({ request }: Call): Transformer<Chunk, Chunk> {
  const schemas = new Map(request.tools?.map((tool) => [tool.name, tool.input_schema ?? {}]));
  let seen = "";
  let held = "";
  let marked = false;
  let native = schemas.size === 0;

  /** The text that surely is no markup. */
  function take(content: string): string {
    const whole = held + content;
    if (marked) {
      held = whole;
      return "";
    }
    const start = firstMark(seen, whole);
    marked = start >= 0;
    const keep = marked ? whole.length - start : longestOverlap(whole);
    held = whole.slice(whole.length - keep);
    const sure = whole.slice(0, whole.length - keep);
    seen += sure;
    return sure;
  }

  /** What was held back, as calls or as the text that it is after all. */
  function release(): { text: string; calls: ToolCallDelta[] } {
    const text = held;
    held = "";
    const calls = marked && !native ? readCalls(text, schemas) : [];
    return { text: calls.length > 0 ? "" : text, calls };
  }

  /** Most deltas: nothing waits, and no markup begins in this one. Looking for all that could begin takes 3 us. */
  function isPlain({ delta }: Choice): boolean {
    if (held !== "" || native) return held === "";
    const { content, tool_calls } = delta;
    if (tool_calls?.length) return false;
    if (typeof content !== "string") return true;
    if (OPENING.test(content)) return false;
    seen += content;
    return true;
  }

  return {
    transform(chunk, controller) {
      const choice = chunk.choices[0];
      if (choice === undefined || isPlain(choice)) return controller.enqueue(chunk);
      const { delta, finish_reason } = choice;
      native ||= Boolean(delta.tool_calls?.length);
      const said = typeof delta.content === "string" ? delta.content : "";
      const sure = native ? said : take(said);
      const over = native || Boolean(finish_reason);
      const { text, calls } = over ? release() : { text: "", calls: [] };
      const mended = said === "" && text === ""
        ? delta
        : { ...delta, content: native ? text + sure : sure + text };
      controller.enqueue({
        ...chunk,
        choices: [
          calls.length === 0
            ? { ...choice, delta: mended }
            : { ...choice, delta: { ...mended, tool_calls: calls }, finish_reason: "tool_calls" },
          ...chunk.choices.slice(1),
        ],
      });
    },
    flush(controller) {
      const { text, calls } = release();
      if (text === "" && calls.length === 0) return;
      controller.enqueue({ choices: [{ delta: { content: text, tool_calls: calls } }] });
    },
  };
}

const OPENING = new RegExp(
  `[${[...new Set(FORMATS.map(({ opens }) => `\\${opens[0]}`))].join("")}]`,
);

/** Where the first markup begins that is outside of code fences; -1 for nowhere. */
function firstMark(before: string, text: string): number {
  const starts = FORMATS.map(({ opens }) => text.indexOf(opens)).filter((start) => start >= 0);
  const outside = starts.filter((start) => !isFenced(before + text.slice(0, start)));
  return outside.length === 0 ? -1 : Math.min(...outside);
}

function isFenced(text: string): boolean {
  return text.split("```").length % 2 === 0;
}

function longestOverlap(text: string): number {
  return Math.max(...FORMATS.map(({ opens }) => overlap(text, opens)));
}

type Schema = Readonly<Record<string, unknown>>;
type Schemas = ReadonlyMap<string, Schema>;

function readCalls(text: string, schemas: Schemas): ToolCallDelta[] {
  for (const { read } of FORMATS) {
    const calls = read(text).filter(({ name }) => schemas.has(name));
    if (calls.length > 0) return calls.map((call, index) => toDelta(call, index, schemas));
  }
  return [];
}

function toDelta(call: WrittenCall, index: number, schemas: Schemas): ToolCallDelta {
  const { name } = call;
  const json = typeof call.arguments === "string"
    ? call.arguments
    : JSON.stringify(withTypes(call.arguments, schemas.get(name)));
  return { index, id: "", function: { name, arguments: json } };
}

/** Markup holds text only: the schema says which values are something else. */
function withTypes(values: Readonly<Record<string, string>>, schema: Schema | undefined) {
  const properties = (schema?.["properties"] ?? {}) as Record<
    string,
    { type?: unknown } | undefined
  >;
  return Object.fromEntries(
    Object.entries(values).map((
      [name, value],
    ) => [name, properties[name]?.type === "string" ? value : parsed(value)]),
  );
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
