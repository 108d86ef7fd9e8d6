/** The calls of an answer, in every way the wire knows to say them. */
import type { OpenAI } from "../../core/contract.ts";
import type { Answer, AnswerCall, Shape } from "./answer_shape.ts";

type Delta = OpenAI.MessageDelta;

/** The calls of an answer as the deltas of its chunks. */
export function callDeltas({ calls }: Answer, shape: Shape): Delta[] {
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

/** What stands in a delta's `content` beside thinking and calls. */
export function besides({ beside }: Shape): Delta {
  return beside === "absent" ? {} : { content: beside === "empty" ? "" : null };
}

/** A text in so many pieces, more or less. */
export function cut(text: string, pieces: number): string[] {
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
