/** `reasoning_details`: thinking with what proves it, in fragments (Q71). Spoken by OpenRouter and gateways like it. */
import { fieldsOf, type OpenAI } from "../core/mod.ts";

type Detail = Readonly<Record<string, unknown>>;

export interface DetailsOptions {
  /** Signatures may come after the calls they belong to, so calls wait for the end. */
  readonly holdCalls?: boolean;
}

/**
 * A stream stage that carries the fragments, merged, in front of what follows them. A call also waits while thinking of
 * Claude has no signature yet: that may come later than the call. Thinking that stands only in the details is shown.
 */
export function carryDetails(
  { holdCalls = false }: DetailsOptions = {},
): Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  let fragments: Detail[] = [];
  let held: OpenAI.ToolCallDelta[] = [];
  /** Indexes of Claude's thinking that has no signature yet. */
  const unsigned = new Set<unknown>();

  function note(detail: Detail): void {
    fragments.push(detail);
    if (detail["signature"]) unsigned.delete(detail["index"]);
    else if (detail["type"] === "reasoning.text" && String(detail["format"]).startsWith("anthr")) {
      unsigned.add(detail["index"]);
    }
  }

  /** The delta with all that waited, and the carry in front of it. */
  function release(delta: OpenAI.MessageDelta): OpenAI.MessageDelta {
    const carry = fragments.length > 0 ? { carry: mergeDetails([fragments]) } : {};
    const tool_calls = [...held, ...delta.tool_calls ?? []];
    fragments = [];
    held = [];
    return { ...delta, ...carry, ...(tool_calls.length > 0 ? { tool_calls } : {}) };
  }

  return {
    transform(chunk, controller) {
      const [choice, ...others] = chunk.choices;
      if (choice === undefined) return controller.enqueue(chunk);
      const { reasoning_details: listed, ...rest } = choice.delta;
      const details = Array.isArray(listed) ? listed.map(fieldsOf) : [];
      details.forEach(note);
      let delta: OpenAI.MessageDelta = showing(rest, details);
      const calls = delta.tool_calls ?? [];
      const ends = Boolean(choice.finish_reason);
      if (!ends && calls.length > 0 && (holdCalls || held.length > 0 || unsigned.size > 0)) {
        held.push(...calls);
        delta = { ...delta, tool_calls: [] };
      } else if (ends || calls.length > 0 || delta.content) {
        delta = !ends && held.length > 0 ? delta : release(delta);
      }
      controller.enqueue({ ...chunk, choices: [{ ...choice, delta }, ...others] });
    },
    flush(controller) {
      if (fragments.length + held.length > 0) {
        controller.enqueue({ choices: [{ delta: release({}) }] });
      }
    },
  };
}

/** Lists of details as one, fragments of the same index and type put together, the last signature and id kept. */
export function mergeDetails(carried: readonly unknown[]): Detail[] {
  const merged: Detail[] = [];
  for (const detail of carried.flat().map(fieldsOf)) {
    const position = merged.findIndex((known) => sameDetail(known, detail));
    const known = merged[position];
    if (known === undefined) merged.push(detail);
    else merged[position] = join(known, detail);
  }
  return merged.filter((detail) => detail["type"] !== "reasoning.encrypted" || detail["data"])
    .map(withoutForeignId);
}

function sameDetail(one: Detail, other: Detail): boolean {
  return one["index"] !== undefined && one["index"] === other["index"] &&
    one["type"] === other["type"] &&
    (one["type"] !== "reasoning.encrypted" || one["id"] === other["id"]);
}

function join(one: Detail, other: Detail): Detail {
  const joined: Record<string, unknown> = { ...one };
  for (const [field, value] of Object.entries(other)) {
    if (value === null || value === undefined || value === "") continue;
    const text = joined[field];
    joined[field] = ["text", "summary", "data"].includes(field) && typeof text === "string"
      ? text + value
      : value;
  }
  return joined;
}

/** OpenAI's ids point at what it did not keep: sent back, they are 404. */
function withoutForeignId(detail: Detail): Detail {
  if (!String(detail["format"]).startsWith("openai-responses")) return detail;
  const { id: _id, ...rest } = detail;
  return rest;
}

/** Where there is no `reasoning` beside the details, their text is what the client sees. */
function showing(delta: OpenAI.MessageDelta, details: readonly Detail[]): OpenAI.MessageDelta {
  if (delta.reasoning || delta.reasoning_content) return delta;
  const text = details.map((detail) => detail["text"] ?? detail["summary"] ?? "").join("");
  return text === "" ? delta : { ...delta, reasoning_content: text };
}
