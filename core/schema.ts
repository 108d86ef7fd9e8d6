/** What a request must look like, loosely: what is not named passes here and is dropped by the conversion. */
import { z } from "zod";
import { ApiError } from "./errors.ts";
import type { Request } from "./protocol/anthropic.ts";

const text = z.string();
const source = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("base64"), media_type: text, data: text }),
  z.looseObject({ type: z.literal("url"), url: text.regex(/^(?:https?|data):/i) }),
  z.looseObject({ type: z.literal("text"), data: text }),
  z.looseObject({ type: z.literal("content"), content: z.lazy(() => content) }),
  z.looseObject({ type: z.literal("file"), file_id: text }),
]);

const tool = z.looseObject({
  name: text,
  type: text.nullish(),
  description: text.nullish(),
  input_schema: z.record(text, z.unknown()).nullish(),
  defer_loading: z.boolean().nullish(),
});
/** A tool of the endpoint itself may have no name (`mcp_toolset`). */
const listedTool = tool.partial({ name: true }).refine(
  ({ name, type }) => name !== undefined || (type ?? "custom") !== "custom",
  { path: ["name"], message: "Invalid input: expected string, received undefined" },
);
const toolChange = z.looseObject({
  type: text,
  name: text.optional(),
  definition: tool.optional(),
});

/** Only blocks that the conversion reads; any other type passes. */
const BLOCKS: Readonly<Record<string, z.ZodType>> = {
  text: z.looseObject({ text }),
  image: z.looseObject({ source }),
  document: z.looseObject({ source, title: text.nullish() }),
  thinking: z.looseObject({ thinking: text, signature: text.optional() }),
  tool_use: z.looseObject({ id: text, name: text, input: z.record(text, z.unknown()) }),
  tool_result: z.looseObject({
    tool_use_id: text,
    content: z.lazy(() => content).nullish(),
    is_error: z.boolean().nullish(),
  }),
  tool_reference: z.looseObject({ tool_name: text }),
  tool_addition: z.looseObject({ tool: toolChange }),
  tool_removal: z.looseObject({ tool: toolChange }),
  search_result: z.looseObject({
    source: text,
    title: text,
    content: z.array(z.looseObject({ text })),
  }),
  web_search_tool_result: z.looseObject({
    content: z.union([z.array(z.looseObject({})), z.looseObject({})]),
  }),
  server_tool_use: z.looseObject({ name: text, input: z.record(text, z.unknown()) }),
};

const block = z.looseObject({ type: text }).check((context) => {
  const issues = BLOCKS[context.value.type]?.safeParse(context.value).error?.issues ?? [];
  if (issues.length === 0) return;
  const { path, message } = deepest(issues);
  context.issues.push({ code: "custom", message, path: [...path], input: context.value });
});

const content = z.union([text, z.array(block)]);

const outputConfig = z.looseObject({ effort: text.nullish() }).nullish();

const countRequest = z.looseObject({
  model: text.min(1),
  messages: z.array(
    z.looseObject({
      role: z.enum(["user", "assistant", "system"]),
      content,
      output_config: outputConfig,
    }),
  ).min(1),
  system: z.union([text, z.array(z.looseObject({ type: text }))]).nullish(),
  tools: z.array(listedTool).nullish().transform((tools) => tools?.filter(({ name }) => name)),
  tool_choice: z.looseObject({ type: z.enum(["auto", "any", "tool", "none"]) }).nullish(),
  thinking: z.looseObject({ type: text }).nullish(),
  output_config: outputConfig,
  // What is wrong in these is no reason to refuse a request (section 2.3).
  metadata: z.looseObject({ user_id: text.nullish() }).nullish().catch(undefined),
  context_management: z.looseObject({ edits: z.array(z.looseObject({})).nullish() }).nullish()
    .catch(undefined),
});

const messageRequest = countRequest.extend({
  max_tokens: z.number().int().min(1),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(text.min(1)).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
});

const chatRequest = z.looseObject({
  model: text.min(1),
  messages: z.array(z.unknown()),
  stream: z.boolean().nullish(),
});

/** The body of POST /v1/messages. Throws ApiError 400 that names the path of what is wrong. */
export function parseRequest(body: unknown): Request {
  return parse(messageRequest, body) as unknown as Request;
}

/** The body of POST /v1/messages/count_tokens, which has no `max_tokens`. */
export function parseCountRequest(body: unknown): Request {
  return { max_tokens: 1, ...parse(countRequest, body) } as unknown as Request;
}

/** The body of POST /v1/chat/completions, of which only the model is ours to read. */
export function parseChatRequest(body: unknown): z.infer<typeof chatRequest> {
  return parse(chatRequest, body);
}

function parse<Value>(schema: z.ZodType<Value>, body: unknown): Value {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues);
  const path = issue.path.join(".");
  throw new ApiError(400, path === "" ? issue.message : `${path}: ${issue.message}`);
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** In a union the branch that got furthest is the one that was meant. */
function deepest(issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[] = []): Issue {
  const all = issues.map((issue): Issue => {
    const path = [...base, ...issue.path];
    const inner = issue.code === "invalid_union" ? issue.errors.flat() : [];
    const found = inner.length > 0 ? deepest(inner, path) : undefined;
    return found !== undefined && found.path.length > path.length
      ? found
      : { path, message: issue.message };
  });
  return all.reduce((best, issue) => issue.path.length > best.path.length ? issue : best);
}
