/** An answer of a model, and every way the wire knows to say it (quirks A, B, D). */
import type { OpenAI } from "../../core/contract.ts";

export interface Answer {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly AnswerCall[];
  readonly finish: string;
  readonly usage: OpenAI.Usage | undefined;
}

export interface AnswerCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** How a provider says things. Each field is one of its habits. */
export interface Shape {
  readonly preamble: "none" | "empty choices" | "role" | "role and empty content";
  readonly reasoning:
    | "reasoning_content"
    | "reasoning"
    | "reasoning_text"
    | "twice"
    | "parts"
    | "tags";
  readonly content: "string" | "parts";
  /** What stands in `content` beside reasoning and calls. */
  readonly beside: "absent" | "empty" | "null";
  readonly index: "own" | "gaps" | "none" | "all zero";
  readonly id: "first" | "every" | "then empty" | "then null" | "late" | "changing" | "missing";
  readonly name: "first" | "every" | "late" | "then empty" | "then null";
  readonly arguments:
    | "whole"
    | "split"
    | "object"
    | "null first"
    | "empty first"
    | "cumulative"
    | "placeholder first"
    | "double encoded"
    | "fenced"
    | "pretty";
  /** How many pieces each text is cut into, more or less. */
  readonly pieces: number;
  readonly interleaved: boolean;
  /** Deltas of calls in one chunk. */
  readonly perChunk: number;
  readonly noise: "absent" | "null" | "empty";
  readonly finish: "own chunk" | "with the last words" | "twice" | "summary";
  readonly usage: "finish" | "late" | "late null" | "late with a choice" | "every chunk";
  readonly done: boolean;
}

type Delta = OpenAI.MessageDelta;
type Frame = Record<string, unknown>;

/** The answer as one JSON value. */
export function toCompletion(answer: Answer): Frame {
  const { reasoning, text, calls, finish, usage } = answer;
  const message = {
    role: "assistant",
    content: text,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(wholeCall) }),
  };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: finish }],
    ...(usage === undefined ? {} : { usage }),
  };
}

function wholeCall({ id, name, input }: AnswerCall) {
  return { id, type: "function", function: { name, arguments: JSON.stringify(input) } };
}

/** The answer as the data of the frames that a provider of this shape sends, less `[DONE]`. */
export function toFrames(answer: Answer, shape: Shape): Frame[] {
  const deltas = [
    ...thoughts(answer, shape),
    ...words(answer, shape),
    ...callDeltas(answer, shape),
  ];
  const frames = deltas.map((delta) => frame(delta, noise(shape)));
  if (shape.usage === "every chunk" && answer.usage) {
    frames.forEach((each, position) => each["usage"] = running(answer.usage, position));
  }
  return [...preamble(shape), ...withFinish(frames, answer, shape)];
}

function preamble({ preamble }: Shape): Frame[] {
  switch (preamble) {
    case "none":
      return [];
    case "empty choices":
      return [{ id: "", model: "", choices: [], prompt_filter_results: [] }];
    case "role":
      return [frame({ role: "assistant" }, null)];
    case "role and empty content":
      return [frame({ role: "", content: "", reasoning_content: "" }, "")];
  }
}

function thoughts({ reasoning }: Answer, shape: Shape): Delta[] {
  if (reasoning === "" || shape.reasoning === "tags") return [];
  const beside = besides(shape);
  return cut(reasoning, shape.pieces).map((piece): Delta => {
    switch (shape.reasoning) {
      case "twice":
        return { ...beside, reasoning_content: piece, reasoning: piece };
      case "parts":
        return { ...beside, reasoning_content: [{ type: "text", text: piece }] };
      default:
        return { ...beside, [shape.reasoning]: piece };
    }
  });
}

function words({ reasoning, text }: Answer, shape: Shape): Delta[] {
  const tagged = shape.reasoning === "tags" && reasoning !== ""
    ? `<think>${reasoning}</think>\n\n${text}`
    : text;
  if (tagged === "") return [];
  return cut(tagged, shape.pieces).map((content) =>
    shape.content === "parts" ? { content: [{ type: "text", text: content }] } : { content }
  );
}

function callDeltas({ calls }: Answer, shape: Shape): Delta[] {
  const perCall = calls.map((call, position) => oneCall(call, position, shape));
  const deltas = shape.interleaved ? roundRobin(perCall) : perCall.flat();
  const chunks: Delta[] = [];
  for (let at = 0; at < deltas.length; at += shape.perChunk) {
    chunks.push({ ...besides(shape), tool_calls: deltas.slice(at, at + shape.perChunk) });
  }
  return chunks;
}

function oneCall(call: AnswerCall, position: number, shape: Shape): OpenAI.ToolCallDelta[] {
  const pieces = argumentPieces(call.input, shape);
  const last = pieces.length - 1;
  const named = shape.name === "late" ? Math.min(1, last) : 0;
  const identified = shape.id === "late" ? Math.min(1, last) : 0;
  return pieces.map((piece, turn) => ({
    ...indexOf(position, shape),
    ...idOf(call.id, turn, identified, shape),
    ...(turn === 0 ? { type: "function" } : {}),
    function: { ...nameOf(call.name, turn, named, shape), arguments: piece },
  }));
}

function indexOf(position: number, { index }: Shape) {
  if (index === "none") return {};
  return { index: index === "own" ? position : index === "gaps" ? position * 2 + 1 : 0 };
}

function idOf(id: string, turn: number, identified: number, shape: Shape) {
  if (shape.id === "missing") return {};
  if (turn === identified || shape.id === "every") return { id };
  if (shape.id === "changing") return { id: `${id}${turn}` };
  if (shape.id === "then empty") return { id: "" };
  return shape.id === "then null" ? { id: null } : {};
}

function nameOf(name: string, turn: number, named: number, shape: Shape) {
  if (turn === named || shape.name === "every") return { name };
  if (shape.name === "then empty") return { name: "" };
  return shape.name === "then null" ? { name: null } : {};
}

function argumentPieces(input: AnswerCall["input"], shape: Shape): unknown[] {
  const json = JSON.stringify(input);
  switch (shape.arguments) {
    case "whole":
      return [json];
    case "split":
      return cut(json, shape.pieces);
    case "object":
      return [input];
    case "null first":
      return [null, ...cut(json, shape.pieces)];
    case "empty first":
      return ["", ...(json === "{}" ? [] : cut(json, shape.pieces)), ""];
    case "cumulative":
      return cumulative(json, shape.pieces);
    case "placeholder first":
      return ["{}", ...(json === "{}" ? [] : cut(json, shape.pieces))];
    case "double encoded":
      return cut(JSON.stringify(json), shape.pieces);
    case "fenced":
      return cut("```json\n" + json + "\n```", shape.pieces);
    case "pretty":
      return cut(JSON.stringify(input, null, 2), shape.pieces);
  }
}

/** Each piece repeats all before it; none is so short that it could be anything. */
function cumulative(json: string, pieces: number): string[] {
  const least = 16;
  if (json.length <= least) return [json];
  const step = Math.max(1, Math.floor((json.length - least) / pieces));
  const ends: number[] = [];
  for (let end = least; end < json.length; end += step) ends.push(end);
  return [...ends, json.length].map((end) => json.slice(0, end));
}

function withFinish(frames: Frame[], answer: Answer, shape: Shape): Frame[] {
  const { finish, usage } = answer;
  const last = frames.at(-1);
  const end = frame({}, finish);
  let out: Frame[];
  if (shape.finish === "summary") {
    const summary = toCompletion(answer);
    delete summary["usage"];
    out = [...frames, summary];
  } else if (shape.finish === "with the last words" && last !== undefined) {
    const { delta } = (last["choices"] as { delta: Delta }[])[0]!;
    out = [...frames.slice(0, -1), { ...last, ...frame(delta, finish) }];
  } else {
    out = shape.finish === "twice" ? [...frames, end, { ...end }] : [...frames, end];
  }
  if (usage === undefined) return out;
  switch (shape.usage) {
    case "finish":
    case "every chunk":
      return [...out.slice(0, -1), { ...out.at(-1), usage }];
    case "late":
      return [...out.map((each) => ({ ...each, usage: null })), { choices: [], usage }];
    case "late null":
      return [...out, { choices: null, usage }];
    case "late with a choice":
      return [...out, { ...frame({ content: "" }, ""), usage }];
  }
}

/** Running values, which are zero at first. */
function running(usage: OpenAI.Usage | undefined, position: number): OpenAI.Usage {
  const completion_tokens = Math.min(position, usage?.completion_tokens ?? 0);
  return { ...usage, completion_tokens, total_tokens: 0 };
}

function frame(delta: Delta, finish_reason: string | null | undefined): Frame {
  const finish = finish_reason === undefined ? {} : { finish_reason };
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, ...finish }],
  };
}

function noise({ noise }: Shape): string | null | undefined {
  return noise === "absent" ? undefined : noise === "null" ? null : "";
}

function besides({ beside }: Shape): Delta {
  return beside === "absent" ? {} : { content: beside === "empty" ? "" : null };
}

function cut(text: string, pieces: number): string[] {
  const length = Math.max(1, Math.ceil(text.length / pieces));
  const out: string[] = [];
  for (let at = 0; at < text.length; at += length) out.push(text.slice(at, at + length));
  return out;
}

function roundRobin<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from(
    { length: longest },
    (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1)),
  )
    .flat();
}
