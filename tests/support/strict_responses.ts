/**
 * The Responses API of OpenAI, as strict as its reference and the reports of its refusals (openai/openai-python:
 * types/responses; vercel/ai#7543, #12941; openai/codex#8145; google/adk-go#1389), and stricter: nothing may be stored.
 */
import assert from "node:assert/strict";
import { z } from "zod";
import type { OpenAI } from "../../core/mod.ts";

/** Thinking that this API has sealed itself, and finished, begins so. */
export const SEAL = "gAAAA-sealed-";

const text = z.string().min(1);
const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const callId = text.max(64);

const parts = z.array(z.union([
  z.strictObject({ type: z.literal("input_text"), text }),
  z.strictObject({
    type: z.literal("input_image"),
    image_url: z.string().regex(/^(?:data:image\/|https?:)/),
  }),
  z.strictObject({
    type: z.literal("input_file"),
    filename: text,
    file_data: z.string().regex(/^data:/),
  }),
])).min(1);

/** None has an id: the API would look for what it has not stored. */
const item = z.union([
  z.strictObject({
    role: z.enum(["system", "developer", "user"]),
    content: z.union([text, parts]),
  }),
  z.strictObject({
    role: z.literal("assistant"),
    content: text,
    phase: z.enum(["commentary", "final_answer"]),
  }),
  z.strictObject({
    type: z.literal("reasoning"),
    encrypted_content: z.string().refine(
      (content) => content.startsWith(SEAL),
      "The encrypted content could not be verified.",
    ),
    summary: z.array(z.strictObject({ type: z.literal("summary_text"), text: z.string() })),
  }),
  z.strictObject({
    type: z.literal("function_call"),
    call_id: callId,
    name,
    arguments: z.string(),
  }),
  z.strictObject({ type: z.literal("function_call_output"), call_id: callId, output: z.string() }),
]);

const schema = z.strictObject({
  model: text,
  input: z.array(item).min(1),
  stream: z.boolean().optional(),
  max_output_tokens: z.number().int().min(16),
  tools: z.array(z.strictObject({
    type: z.literal("function"),
    name,
    description: text.optional(),
    parameters: z.looseObject({ type: z.literal("object"), properties: z.looseObject({}) }),
    strict: z.literal(false),
  })).min(1).max(128).optional(),
  tool_choice: z.union([
    z.enum(["auto", "none", "required"]),
    z.strictObject({ type: z.literal("function"), name }),
  ]).optional(),
  parallel_tool_calls: z.boolean().optional(),
  text: z.strictObject({
    format: z.strictObject({ type: z.literal("json_schema"), name, schema: z.looseObject({}) }),
  }).optional(),
  prompt_cache_key: text.max(64).optional(),
  reasoning: z.strictObject({
    effort: z.enum(["low", "medium", "high", "xhigh", "max"]),
    summary: z.enum(["auto", "concise", "detailed"]).optional(),
  }),
  include: z.tuple([z.literal("reasoning.encrypted_content")]),
  store: z.literal(false),
});

type Item = z.infer<typeof item>;

/** The chat body that this one amounts to; sealed thinking stands in `sealed`. Throws the words of a refusal. */
export function readResponses(body: unknown): OpenAI.Request {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    assert.fail(
      parsed.error.issues.map(({ path, message }) => `'${path.join(".")}': ${message}`).join("\n"),
    );
  }
  const {
    input,
    tools,
    tool_choice,
    max_output_tokens,
    text,
    reasoning,
    include: _,
    store: __,
    ...rest
  } = parsed.data;
  checkOrder(input);
  return {
    ...rest,
    messages: toMessages(input),
    max_completion_tokens: max_output_tokens,
    reasoning_effort: reasoning.effort,
    ...(tools && {
      tools: tools.map(({ type, strict: _, ...named }) => ({ type, function: named })),
    }),
    ...(tool_choice && {
      tool_choice: typeof tool_choice === "string"
        ? tool_choice
        : { type: "function", function: { name: tool_choice.name } },
    }),
    ...(text && { response_format: { type: "json_schema", json_schema: text.format } }),
  } as unknown as OpenAI.Request;
}

function checkOrder(input: readonly Item[]): void {
  const open = new Set<string>();
  for (const [position, item] of input.entries()) {
    if (!("type" in item)) continue;
    if (item.type === "function_call") open.add(item.call_id);
    if (item.type === "function_call_output" && !open.delete(item.call_id)) {
      assert.fail(`No tool call found for function call output with call_id ${item.call_id}.`);
    }
    if (item.type !== "reasoning") continue;
    const next = input.slice(position + 1).find((later) => !isReasoning(later));
    const led = next &&
      ("role" in next ? next.role === "assistant" : next.type === "function_call");
    assert.ok(led, "Item of type 'reasoning' was provided without its required following item.");
  }
  const [call] = open;
  assert.equal(call, undefined, `No tool output found for function call ${call}.`);
}

function isReasoning(item: Item): boolean {
  return "type" in item && item.type === "reasoning";
}

/** A turn of the model is thinking, a text and calls, each of which may be missing. */
function toMessages(input: readonly Item[]): Record<string, unknown>[] {
  const messages: Record<string, unknown>[] = [];
  let turn:
    | { content: string | null; tool_calls?: unknown[]; [field: string]: unknown }
    | undefined;
  const thoughts: Extract<Item, { type: "reasoning" }>[] = [];

  function inTurn() {
    if (turn === undefined) messages.push(turn = { role: "assistant", content: null });
    for (const thought of thoughts.splice(0)) {
      const said = thought.summary.map(({ text }) => text).join("\n\n");
      if (said !== "") turn["reasoning_content"] = said;
      turn["sealed"] = [...turn["sealed"] as string[] ?? [], thought.encrypted_content];
    }
    return turn;
  }

  for (const item of input) {
    if ("role" in item) {
      if (item.role !== "assistant") {
        turn = undefined;
        const { role, content } = item;
        messages.push({
          role,
          content: typeof content === "string" ? content : content.map(toPart),
        });
        continue;
      }
      if (turn?.content || turn?.tool_calls) turn = undefined;
      inTurn().content = item.content;
    } else if (item.type === "reasoning") {
      thoughts.push(item);
    } else if (item.type === "function_call") {
      const { call_id: id, name, arguments: json } = item;
      const call = { id, type: "function", function: { name, arguments: json } };
      inTurn().tool_calls = [...inTurn().tool_calls ?? [], call];
    } else {
      turn = undefined;
      messages.push({ role: "tool", tool_call_id: item.call_id, content: item.output });
    }
  }
  return messages;
}

function toPart(part: z.infer<typeof parts>[number]): OpenAI.ContentPart {
  switch (part.type) {
    case "input_text":
      return { type: "text", text: part.text };
    case "input_image":
      return { type: "image_url", image_url: { url: part.image_url } };
    case "input_file": {
      const { type: _, ...file } = part;
      return { type: "file", file };
    }
  }
}
