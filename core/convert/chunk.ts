import type { Choice, Chunk, MessageDelta, ToolCallDelta } from "../protocol/openai.ts";
import { isObject } from "../stream/json.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one JSON value from the upstream as a chunk: a frame of a stream, or a whole answer, whose `message` then stands
 * as the only delta. In a stream that has spoken before, a `message` is a summary and is not said twice (Q9, Q10).
 * What is not of the type that the wire has for it is left out, so that whoever reads on can trust the types.
 */
export function toChunk(value: unknown, spokenBefore: boolean): Chunk {
  const fields = objectOf(Array.isArray(value) ? value[0] : value) ?? {};
  if (isPlainDelta(fields)) return fields;
  const choices = listOf(fields["choices"]).map((choice) => toChoice(choice, spokenBefore));
  return { ...fields, choices, usage: objectOf(fields["usage"]) ?? null };
}

/**
 * Nearly every chunk: one choice, whose delta has only text. It is a chunk as it is, and no copy is made of it, which
 * would cost 0.3 us of the 2 that a delta takes.
 */
function isPlainDelta(fields: Fields): fields is Fields & Chunk {
  const { choices, usage } = fields;
  if (!Array.isArray(choices) || choices.length !== 1 || (usage ?? null) !== null) return false;
  const choice = objectOf(choices[0]);
  const delta = objectOf(choice?.["delta"]);
  return delta !== undefined && choice?.["message"] === undefined &&
    (choice?.["finish_reason"] ?? null) === null && delta["tool_calls"] === undefined &&
    delta["function_call"] === undefined && delta["refusal"] === undefined;
}

function toChoice({ delta, message, ...rest }: Fields, spokenBefore: boolean): Choice {
  const said = objectOf(delta) ?? (spokenBefore ? undefined : objectOf(message)) ?? {};
  return { ...rest, delta: toDelta(said), finish_reason: asText(rest["finish_reason"]) ?? null };
}

function toDelta(said: Fields): MessageDelta {
  const { tool_calls, function_call, refusal, ...rest } = said;
  const call = objectOf(function_call);
  return {
    ...rest,
    ...(tool_calls ? { tool_calls: listOf(tool_calls).map(toCall) } : {}),
    ...(call ? { function_call: toFunction(call) } : {}),
    ...(refusal ? { refusal: asText(refusal) ?? null } : {}),
  };
}

function toCall(call: Fields): ToolCallDelta {
  const { index, id } = call;
  const named = objectOf(call["function"]);
  return {
    ...call,
    index: Number.isInteger(index) ? index as number : null,
    id: typeof id === "number" ? String(id) : asText(id) ?? null,
    type: asText(call["type"]) ?? null,
    function: named ? toFunction(named) : null,
  };
}

function toFunction({ name, ...rest }: Fields): { name?: string; arguments?: unknown } {
  const known = asText(name);
  return known === undefined ? rest : { ...rest, name: known };
}

/** Whether a value has what every chunk has, so that its choices can be read. */
export function isChunk(value: unknown): value is Chunk {
  const choices = objectOf(value)?.["choices"];
  return Array.isArray(choices) &&
    choices.every((choice) => objectOf(objectOf(choice)?.["delta"]) !== undefined);
}

/** The chunk says something, in whatever field: which ones count as thinking is the adapter's knowledge. */
export function speaks({ choices }: Chunk): boolean {
  return Object.entries(choices[0]?.delta ?? {}).some(([field, value]) =>
    field !== "role" && value !== null && value !== undefined && value !== "" &&
    !(Array.isArray(value) && value.length === 0)
  );
}

/** Its items that have fields. */
function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(objectOf).filter((item) => item !== undefined) : [];
}

function objectOf(value: unknown): Fields | undefined {
  return isObject(value) ? value : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
