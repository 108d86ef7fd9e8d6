/**
 * An upstream as strict as the strictest: what it refuses, some provider refuses. Unknown fields, empty contents,
 * illegal names, calls without their results, options without their object (quirks Q42, Q43, Q89, Q100-Q106).
 */
import assert from "node:assert/strict";
import { z } from "zod";

/** What one provider takes beyond plain chat completions, by place. */
export interface Dialect {
  /** Further fields of the body. */
  readonly body?: readonly string[];
  /** Further fields of an assistant message; `reasoning_content` is known. */
  readonly assistant?: readonly string[];
  /** Further fields of a tool call, of a tool, of a part. */
  readonly call?: readonly string[];
  readonly tool?: readonly string[];
  readonly part?: readonly string[];
  /** Further words of `tool_choice`. */
  readonly choices?: readonly string[];
  /** Further types of parts in an assistant's content. */
  readonly parts?: readonly string[];
  /** A turn of calls alone has the content "" instead of null (Q102). */
  readonly emptyText?: boolean;
  /** "first": one system message, at the start. Default: anywhere but between a call and its result. */
  readonly system?: "first" | "anywhere";
  /** What a call's id must look like. */
  readonly id?: RegExp;
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
const ID = /^[a-zA-Z0-9_.:-]{1,64}$/;

/** Building one takes longer than checking with it. */
const schemas = new WeakMap<Dialect, ReturnType<typeof bodySchema>>();
const PLAIN: Dialect = {};

/** Throws, naming the path of each fault, unless a strict server would take this body. */
export function checkStrict(body: unknown, dialect: Dialect = PLAIN): void {
  const sent = JSON.parse(JSON.stringify(body));
  const schema = schemas.get(dialect) ?? bodySchema(dialect);
  schemas.set(dialect, schema);
  const parsed = schema.safeParse(sent);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    assert.fail(`A strict server refuses this body:\n${faults.join("\n")}`);
  }
  checkOrder(sent.messages, dialect);
}

function bodySchema(dialect: Dialect) {
  const text = z.string().min(1);
  const also = (names: readonly string[] = []) =>
    Object.fromEntries(names.map((name) => [name, z.unknown().optional()]));
  const parts = z.array(z.union([
    z.strictObject({ type: z.literal("text"), text, ...also(dialect.part) }),
    z.strictObject({
      type: z.literal("image_url"),
      image_url: z.strictObject({ url: z.string().regex(/^(?:data:image\/|https?:)/) }),
      ...also(dialect.part),
    }),
    z.strictObject({
      type: z.literal("file"),
      file: z.strictObject({ filename: text, file_data: z.string().regex(/^data:/) }),
    }),
  ])).min(1);
  const content = z.union([text, parts]);
  const ownPart = z.looseObject({ type: z.enum(["text", ...dialect.parts ?? []]) });
  const written = dialect.parts ? z.union([content, z.array(ownPart).min(1)]) : content;
  const said = dialect.emptyText ? z.union([z.literal(""), written]) : written;
  const call = z.strictObject({
    id: z.string().regex(dialect.id ?? ID),
    type: z.literal("function"),
    function: z.strictObject({
      name: z.string().regex(NAME),
      arguments: z.string().refine(isObjectJson, "is not the JSON of an object"),
    }),
    ...also(dialect.call),
  });
  const assistant = z.strictObject({
    role: z.literal("assistant"),
    content: said.nullable().optional(),
    tool_calls: z.array(call).min(1).optional(),
    reasoning_content: z.string().optional(),
    ...also(dialect.assistant),
  }).refine(({ content, tool_calls }) => content || tool_calls, "says nothing and calls nothing");
  const message = z.discriminatedUnion("role", [
    z.strictObject({ role: z.enum(["system", "developer"]), content: text }),
    z.strictObject({ role: z.literal("user"), content }),
    assistant,
    z.strictObject({
      role: z.literal("tool"),
      tool_call_id: text,
      content: z.union([text, parts]),
      name: text.optional(),
    }),
  ]);
  const tool = z.strictObject({
    type: z.literal("function"),
    function: z.strictObject({
      name: z.string().regex(NAME),
      description: text.optional(),
      parameters: z.looseObject({ type: z.literal("object"), properties: z.looseObject({}) }),
      ...also(dialect.tool),
    }),
  });
  const choice = z.union([
    z.enum(["auto", "none", "required", ...dialect.choices ?? []]),
    z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: text }) }),
  ]);
  const tokens = z.number().int().min(1).optional();
  return z.strictObject({
    model: text,
    messages: z.array(message).min(1),
    stream: z.boolean().optional(),
    stream_options: z.strictObject({ include_usage: z.boolean() }).optional(),
    max_tokens: tokens,
    max_completion_tokens: tokens,
    temperature: z.number().min(0).max(2).optional(),
    top_p: z.number().min(0).max(1).optional(),
    stop: z.array(text).min(1).max(4).optional(),
    tools: z.array(tool).min(1).max(128).optional(),
    tool_choice: choice.optional(),
    parallel_tool_calls: z.boolean().optional(),
    response_format: z.looseObject({ type: text }).optional(),
    ...also(dialect.body),
  }).check(({ value, issues }) => {
    const { tools, tool_choice, parallel_tool_calls, stream, stream_options } = value;
    const names = tools?.map((tool) => tool.function.name) ?? [];
    const faults = [
      !tools && (tool_choice !== undefined || parallel_tool_calls !== undefined) &&
      "tool_choice and parallel_tool_calls need tools",
      new Set(names).size < names.length && "two tools have the same name",
      typeof tool_choice === "object" && !names.includes(tool_choice.function.name) &&
      "tool_choice names no tool",
      stream_options && !stream && "stream_options need stream",
      value.max_tokens && value.max_completion_tokens && "there are two token limits",
    ];
    for (const message of faults) {
      if (message) issues.push({ code: "custom", message, path: [], input: value });
    }
  });
}

interface Message {
  readonly role: string;
  readonly tool_calls?: readonly { readonly id: string }[];
  readonly tool_call_id?: string;
}

/** Each call is answered by one tool message right after it, and a system message stands where it may. */
function checkOrder(messages: readonly Message[], { system = "anywhere" }: Dialect): void {
  let open: string[] = [];
  for (const [position, { role, tool_calls, tool_call_id = "" }] of messages.entries()) {
    const place = `messages.${position}`;
    if (role === "tool") {
      assert.ok(open.includes(tool_call_id), `${place}: answers no call that is open`);
      open = open.filter((id) => id !== tool_call_id);
      continue;
    }
    assert.deepEqual(open, [], `${place}: ${role} stands where results of calls are missing`);
    if (system === "first" && role === "system") {
      assert.equal(position, 0, `${place}: a system message that is not the first`);
    }
    open = tool_calls?.map(({ id }) => id) ?? [];
    assert.equal(new Set(open).size, open.length, `${place}: two calls have the same id`);
  }
  assert.deepEqual(open, [], "the last calls have no results");
}

function isObjectJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
